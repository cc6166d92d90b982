-- Answers: which models were planned in one week?
-- Grain: model.
-- Columns: model, series, params_hash, track, simulated, as planned.
-- Depends on: plans
SELECT
    model, series, params_hash, track, simulated
FROM plans
WHERE week = cast($week AS DATE)
ORDER BY model
