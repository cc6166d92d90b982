-- Answers: which effects are missing without a reason, or are there beside a reason why they are not?
-- Grain: that of effects.
-- Columns: those of effects that name the figure.
-- Depends on: effects.
-- Severity: critical
-- Stages: publish
-- Rule: An effect that is missing has a reason, and no other has.
-- Says: effects missing without a reason, or with both
SELECT
    week, model, suite, kind, a, b, subject, attribute, reference, metric, value_name, estimate, reason
FROM effects
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND (estimate IS NULL) <> (coalesce(reason, '') <> '')
