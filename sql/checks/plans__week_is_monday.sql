-- Answers: which plans are of a week that is not named by its Monday?
-- Grain: week, model.
-- Columns: week, model.
-- Depends on: plans.
SELECT
    week, model
FROM plans
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND isodow(week) <> 1
