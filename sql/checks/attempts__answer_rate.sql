-- Answers: which models gave a picture in less than 80 % of their answers?
-- Grain: week, model.
-- Columns:
--   pictures: slots that ended ok
--   answered: those and the slots that ended with the model's own answer
--   problem: the same in words
-- Depends on: slot_outcomes.
-- Severity: warning
-- Stages: images, publish
-- Rule: A model answers at least 80 % of what it was asked with a picture; refusing never withholds it.
WITH counted AS (
    SELECT
        week, model,
        count(*) FILTER (WHERE is_picture) AS pictures,
        count(*) FILTER (WHERE is_picture OR is_refused) AS answered
    FROM slot_outcomes
    WHERE
        week = $week
        AND ($model IS NULL OR model = $model)
    GROUP BY week, model
)

SELECT
    *,
    concat(
        'gives a picture for only ',
        floor(100 * pictures / answered)::INTEGER,
        ' % of its answers (',
        pictures,
        ' of ',
        answered,
        ')'
    ) AS problem
FROM counted
WHERE pictures < 0.8 * answered
ORDER BY model
