-- Answers: which shares and distances of whole suites do the windows that end with a week have?
-- Grain: that of window_scores, prompt NULL; metrics share, distance2 and distance.
-- Columns: those of window_scores; raw_estimate: estimate.
-- Depends on: window_scores
SELECT
    model, series, params_hash, track, simulated, suite, suite_major, condition, turn, attribute, reference,
    scale, labeler_version, metric, value_name, window_weeks, weeks, first_week,
    estimate AS raw_estimate,
    reason
FROM window_scores
WHERE week = cast($week AS DATE) AND prompt IS NULL AND metric IN ('share', 'distance2', 'distance')
ORDER BY ALL
