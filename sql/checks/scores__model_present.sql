-- Answers: which planned models have no scores in a week that has scores?
-- Grain: week, model.
-- Columns: week, model; problem: the same in words.
-- Depends on: plans, scores.
SELECT
    plans.week, plans.model,
    'was planned but has no scores, not even a reason' AS problem
FROM plans
SEMI JOIN scores USING (week)
ANTI JOIN scores AS own USING (week, model)
WHERE
    plans.week = $week
    AND ($model IS NULL OR plans.model = $model)
