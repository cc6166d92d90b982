-- Answers: which planned models have no scores in a week that has scores?
-- Grain: week, model.
-- Columns: week, model; problem: the same in words.
-- Depends on: plans, scores.
-- Severity: critical
-- Stages: publish
-- Rule: Where a week has scores, every planned model has some, with a reason where there is no figure.
WITH scored AS (
    SELECT DISTINCT
        week, model
    FROM scores
    WHERE week = $week
)

SELECT
    plans.week, plans.model,
    'was planned but has no scores, not even a reason' AS problem
FROM plans
SEMI JOIN scored USING (week)
ANTI JOIN scored AS own USING (week, model)
WHERE
    plans.week = $week
    AND ($model IS NULL OR plans.model = $model)
