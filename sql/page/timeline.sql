-- Answers: when was each model first and last asked, when did it retire, and what succeeds it?
-- Grain: one row for each model × series.
-- Columns: those of model_timeline.
-- Depends on: model_timeline
SELECT
    model, series, provider, track, simulated, from_week, until_week, succeeds, succeeded_by, first_week,
    last_week, weeks_asked, weeks_with_pictures, retired_in
FROM model_timeline
WHERE first_week <= cast($week AS DATE)
ORDER BY model, series
