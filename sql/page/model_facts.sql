-- Answers: how was each model asked last, and from when to when?
-- Grain: one row for each model × series.
-- Columns: of its last week: provider, model_id, params, labeler, track, simulated, maker,
--   weights; weeks: how many.
-- Depends on: plans
SELECT
    model, series,
    max_by(provider, week) AS provider,
    max_by(model_id, week) AS model_id,
    max_by(params, week) AS params,
    max_by(labeler, week) AS labeler,
    max_by(track, week) AS track,
    max_by(maker, week) AS maker,
    max_by(weights, week) AS weights,
    bool_and(simulated) AS simulated,
    min(week) AS first_week,
    max(week) AS last_week,
    count(*) AS weeks
FROM plans
WHERE week <= cast($week AS DATE)
GROUP BY model, series
ORDER BY simulated, model, first_week
