-- Answers: which effects are not what their two sides say, or lie outside what is possible?
--   A change of a share lies within -1 and 1, one of distance2 within -1.5 and 1.5, and both are b - a.
-- Grain: that of effects.
-- Columns: those of effects that name the figure.
-- Depends on: effects.
-- Severity: critical
-- Stages: publish
-- Rule: What one word changes is the difference of its two sides, within what is possible.
-- Says: effects that are not the difference of their sides
SELECT
    week, model, suite, kind, a, b, subject, attribute, reference, metric, value_name, estimate, estimate_a,
    estimate_b
FROM effects
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
