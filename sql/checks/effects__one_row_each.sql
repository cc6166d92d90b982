-- Answers: which effects are computed more than once?
-- Grain: that of effects.
-- Columns: those of effects that name the figure; failing_rows: rows too many.
-- Depends on: effects.
-- Severity: critical
-- Stages: publish
-- Rule: An effect is computed once.
-- Says: effects computed more than once
SELECT
    week, model, suite, suite_major, kind, a, b, subject, attribute, reference, scale, metric, value_name,
    count(*) - 1 AS failing_rows
FROM effects
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
GROUP BY ALL
HAVING count(*) > 1
