-- Answers: which effects are missing without a reason, or are there beside a reason why they are not?
-- Grain: that of effects.
-- Columns: those of effects that name the figure.
-- Depends on: effects.
SELECT
    week, model, suite, kind, a, b, subject, attribute, reference, metric, value_name, estimate, reason
FROM effects
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND (estimate IS NULL) <> (coalesce(reason, '') <> '')
