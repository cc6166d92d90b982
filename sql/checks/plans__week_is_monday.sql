-- Answers: which plans are of a week that is not named by its Monday?
-- Grain: week, model.
-- Columns: week, model.
-- Depends on: plans.
-- Severity: critical
-- Stages: images, publish
-- Rule: A week is the date of its Monday.
-- Says: plans of a week that is no Monday
SELECT
    week, model
FROM plans
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND isodow(week) <> 1
