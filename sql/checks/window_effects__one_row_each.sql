-- Answers: which effects of windows are computed more than once?
-- Grain: that of window_effects.
-- Columns: those of window_effects that name the figure; failing_rows: rows too many.
-- Depends on: window_effects.
-- Severity: critical
-- Stages: publish
-- Rule: An effect of a window is computed once.
-- Says: effects of windows computed more than once
SELECT
    week, model, suite, suite_major, kind, a, b, subject, attribute, reference, scale, metric, value_name,
    count(*) - 1 AS failing_rows
FROM window_effects
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
GROUP BY ALL
HAVING count(*) > 1
