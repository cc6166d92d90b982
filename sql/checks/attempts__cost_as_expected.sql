-- Answers: which models' pictures cost something else than the newest price of their calls expects?
-- Grain: week, model.
-- Columns:
--   calls: calls at that price that brought a picture, with a known cost and an expectation
--   ratio: median of what they cost, divided by what was expected
--   problem: the same in words
-- Depends on: attempts.
-- Severity: warning
-- Stages: images, publish
-- Rule: A picture costs what its price expects, between four fifths and five fourths of it.
WITH priced AS (
    SELECT
        week, model, requested_at,
        coalesce(price_id, '') AS price_id,
        cost_usd / expected_usd AS ratio
    FROM attempts
    WHERE
        week = $week
        AND ($model IS NULL OR model = $model)
        AND outcome = 'ok'
        AND cost_basis IN ('reported', 'computed')
        AND cost_usd IS NOT NULL
        AND expected_usd > 0
),

newest AS (
    SELECT
        week, model,
        arg_max(price_id, requested_at) AS price_id
    FROM priced
    GROUP BY week, model
),

compared AS (
    SELECT
        week, model,
        count(*) AS calls,
        median(priced.ratio) AS ratio,
        max(priced.requested_at) AS newest_at
    FROM priced
    INNER JOIN newest USING (week, model, price_id)
    GROUP BY week, model
)

SELECT
    week, model, calls, ratio,
    format(
        'a picture cost {:.2f} times what its price expected (median of {} calls up to {}); '
        || 'unless it was corrected since, correct its price in models.yaml',
        ratio, calls, strftime(newest_at, '%Y-%m-%d')
    ) AS problem
FROM compared
WHERE
    calls >= 5
    AND (ratio > 1.25 OR ratio < 0.8)
ORDER BY model
