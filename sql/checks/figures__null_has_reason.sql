-- Answers: which figures are missing without a reason, or are there beside a reason why not?
-- Grain: that of figures.
-- Columns: those of figures that name the figure, and what is compared.
-- Depends on: figures.
-- Severity: critical
-- Stages: publish
-- Rule: A figure that is missing has a reason, and so has one without an interval (few_weeks); no other has.
-- Says: figures or intervals missing without a reason, or with both
SELECT
    week, model, suite, suite_major, condition, turn, prompt, selection, attribute, figure, value, yardstick,
    estimate, low, high, reason
FROM figures
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND (
        (estimate IS NULL) <> (coalesce(reason, 'few_weeks') <> 'few_weeks')
        OR (low IS NULL) <> (reason IS NOT NULL)
        OR (high IS NULL) <> (low IS NULL)
    )
