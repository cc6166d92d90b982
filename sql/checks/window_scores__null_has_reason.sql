-- Answers: which figures of windows are missing without a reason, or are there beside a reason why not?
-- Grain: that of window_scores.
-- Columns: those of window_scores that name the figure.
-- Depends on: window_scores.
-- Severity: critical
-- Stages: publish
-- Rule: A figure of a window that is missing has a reason, and no other has.
-- Says: figures of windows missing without a reason, or with both
SELECT
    week, model, suite, condition, prompt, attribute, reference, metric, value_name, estimate, reason
FROM window_scores
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND (estimate IS NULL) <> (coalesce(reason, '') <> '')
