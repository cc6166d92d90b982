-- Answers: which figures are missing without a reason, or are there beside a reason why they are not?
-- Grain: that of scores.
-- Columns: those of scores that name the figure.
-- Depends on: scores.
-- Severity: critical
-- Stages: publish
-- Rule: A figure that is missing has a reason, and no other has.
-- Says: figures missing without a reason, or with both
SELECT
    week, model, suite, condition, prompt, attribute, reference, metric, value_name, estimate, reason
FROM scores
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND (estimate IS NULL) <> (coalesce(reason, '') <> '')
