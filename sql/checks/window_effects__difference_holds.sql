-- Answers: which effects of windows are not what their two sides say, or lie outside what is possible?
--   A change of a share lies within -1 and 1, one of distance2 within -1.5 and 1.5, and both are b - a.
-- Grain: that of window_effects.
-- Columns: those of window_effects that name the figure.
-- Depends on: window_effects.
-- Severity: critical
-- Stages: publish
-- Rule: What one word changes in a window is the difference of its two sides, within what is possible.
-- Says: effects of windows that are not the difference of their sides
SELECT
    week, model, suite, kind, a, b, subject, attribute, reference, metric, value_name, estimate, estimate_a,
    estimate_b
FROM window_effects
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND estimate IS NOT NULL
    AND (
        estimate_a IS NULL
        OR estimate_b IS NULL
        OR CASE metric
            WHEN 'share' THEN abs(estimate - (estimate_b - estimate_a)) > 1e-9 OR abs(estimate) > 1 + 1e-9
            ELSE abs(estimate - (estimate_b - estimate_a)) > 1e-9 OR abs(estimate) > 1.5
        END
    )
