-- Answers: which partitions does an edition rest on?
-- Grain: one row for each week × model.
-- Columns: week as ISO date, model, hash of the plan, completeness below which the model was to be withheld.
-- Depends on: plans
SELECT
    strftime(week, '%Y-%m-%d') AS week,
    model,
    plan_sha256,
    completeness_floor
FROM plans
WHERE week <= cast($week AS DATE)
ORDER BY week, model
