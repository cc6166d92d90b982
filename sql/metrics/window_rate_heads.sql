-- Answers: which rates and combinations has a week, whose windows end with it?
-- Grain: that of heads.
-- Columns: those of heads.
-- Depends on: scores, plans, withheld
-- Uses: window_rate_heads
WITH numbered AS (
    SELECT
        model, series, params_hash, track, simulated, suite, suite_major, condition, turn, attribute, scale,
        labeler_version, metric, value_name, reason, suite_key
    FROM heads
)

SELECT
    model, series, params_hash, track, simulated, suite, suite_major, condition, turn, attribute, scale,
    labeler_version, metric, value_name, reason, suite_key
FROM numbered
ORDER BY suite_key
