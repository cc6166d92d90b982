-- Answers: which models were planned in which weeks, and how?
-- Grain: week, model.
-- Columns: those; track, simulated, series, params_hash, labeler: as planned; withheld: whether it is.
-- Depends on: plans, withheld
WITH hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
)

SELECT
    plans.week, plans.model, plans.track, plans.simulated, plans.series, plans.params_hash, plans.labeler,
    hidden.model IS NOT NULL AS withheld
FROM plans
LEFT JOIN hidden ON plans.week = hidden.week AND plans.model = hidden.model
WHERE plans.week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
ORDER BY plans.week, plans.model
