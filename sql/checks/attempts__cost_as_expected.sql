-- Answers: which models' pictures cost another price than the price table expects?
-- Grain: week, model.
-- Columns:
--   calls: calls that brought a picture, with a known cost and an expectation
--   ratio: median of what they cost, divided by what was expected
--   problem: the same in words
-- Depends on: attempts.
-- Severity: warning
-- Stages: images, publish
-- Rule: A picture costs what the price table expects, between four fifths and five fourths of it.
WITH compared AS (
    SELECT
        week, model,
        count(*) AS calls,
        median(cost_usd / expected_usd) AS ratio
    FROM attempts
    WHERE
        week = $week
        AND ($model IS NULL OR model = $model)
        AND outcome = 'ok'
        AND cost_basis IN ('reported', 'computed')
        AND cost_usd IS NOT NULL
        AND expected_usd > 0
    GROUP BY week, model
)

SELECT
    *,
    format(
        'a picture costs {:.2f} times what the price table expects (median of {} calls); fix its price',
        ratio, calls
    ) AS problem
FROM compared
WHERE
    calls >= 5
    AND (ratio > 1.25 OR ratio < 0.8)
ORDER BY model
