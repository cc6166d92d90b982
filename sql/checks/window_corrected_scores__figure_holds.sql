-- Answers: which corrected figures of windows lie outside their interval or range, or are missing without a
--   reason, or are there beside one?
-- Grain: that of window_corrected_scores.
-- Columns: those of window_corrected_scores that name the figure.
-- Depends on: window_corrected_scores.
-- Severity: critical
-- Stages: publish
-- Rule: A corrected figure of a window lies within its interval and within 0 and 1, or has a reason why it is
--   missing.
-- Says: corrected figures of windows outside their interval or range, or missing without a reason
SELECT
    week, model, suite, condition, attribute, reference, metric, value_name, estimate, low, high, reason
FROM window_corrected_scores
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND (
        (estimate IS NULL) <> (coalesce(reason, '') <> '')
        OR (estimate IS NULL) <> (low IS NULL)
        OR (estimate IS NULL) <> (high IS NULL)
        OR NOT estimate BETWEEN low - 1e-9 AND high + 1e-9
        OR (metric <> 'distance2' AND NOT (low >= 0 AND high <= 1))
    )
