-- Answers: which figures of windows are computed more than once?
-- Grain: that of window_scores.
-- Columns: those of window_scores that name the figure; failing_rows: rows too many.
-- Depends on: window_scores.
-- Severity: critical
-- Stages: publish
-- Rule: A figure of a window is computed once.
-- Says: figures of windows computed more than once
SELECT
    week, model, suite, suite_major, condition, prompt, turn, attribute, reference, scale, metric,
    value_name,
    count(*) - 1 AS failing_rows
FROM window_scores
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
GROUP BY ALL
HAVING count(*) > 1
