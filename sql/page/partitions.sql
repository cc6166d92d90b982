-- Answers: which partitions does an edition rest on?
-- Grain: one row for each week × model.
-- Columns: week as ISO date, model, hash of the plan.
-- Depends on: plans
SELECT
    strftime(week, '%Y-%m-%d') AS week,
    model,
    plan_sha256
FROM plans
WHERE week <= cast($week AS DATE)
ORDER BY week, model
