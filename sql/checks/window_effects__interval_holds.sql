-- Answers: which effects of windows lie outside their own interval, or have half of one?
-- Grain: that of window_effects.
-- Columns: those of window_effects that name the figure.
-- Depends on: window_effects.
-- Severity: critical
-- Stages: publish
-- Rule: What one word changes in a window lies within its interval.
-- Says: effects of windows outside their interval
SELECT
    week, model, suite, kind, a, b, subject, attribute, reference, metric, value_name, estimate, low, high
FROM window_effects
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND (
        low > estimate + 1e-9
        OR high < estimate - 1e-9
        OR (low IS NULL) <> (high IS NULL)
        OR (estimate IS NULL) <> (low IS NULL)
    )
