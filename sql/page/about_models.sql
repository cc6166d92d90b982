-- Answers: whose pictures are in an edition, and how was each model asked last?
-- Grain: one row for each model.
-- Columns: model, provider and model_id of its last week, simulated, first_week, last_week.
-- Depends on: plans
SELECT
    model,
    max_by(provider, week) AS provider,
    max_by(model_id, week) AS model_id,
    bool_and(simulated) AS simulated,
    min(week) AS first_week,
    max(week) AS last_week
FROM plans
WHERE week <= cast($week AS DATE)
GROUP BY model
ORDER BY simulated, model
