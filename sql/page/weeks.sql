-- Answers: which weeks has anybody been asked in, up to the edition's week?
-- Grain: one row a week.
-- Columns: week.
-- Depends on: plans
SELECT DISTINCT week
FROM plans
WHERE week <= cast($week AS DATE)
ORDER BY week
