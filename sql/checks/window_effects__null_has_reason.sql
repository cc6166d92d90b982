-- Answers: which effects of windows are missing without a reason, or are there beside one?
-- Grain: that of window_effects.
-- Columns: those of window_effects that name the figure.
-- Depends on: window_effects.
-- Severity: critical
-- Stages: publish
-- Rule: An effect of a window that is missing has a reason, and no other has.
-- Says: effects of windows missing without a reason, or with both
SELECT
    week, model, suite, kind, a, b, subject, attribute, reference, metric, value_name, estimate, reason
FROM window_effects
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND (estimate IS NULL) <> (coalesce(reason, '') <> '')
