-- Answers: which figures are computed more than once?
-- Grain: that of scores.
-- Columns: those of scores that name the figure; failing_rows: rows too many.
-- Depends on: scores.
-- Severity: critical
-- Stages: publish
-- Rule: A figure is computed once.
-- Says: figures computed more than once
SELECT
    week, model, suite, suite_major, condition, prompt, turn, attribute, reference, scale, labeler, metric,
    value_name,
    count(*) - 1 AS failing_rows
FROM scores
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
GROUP BY ALL
HAVING count(*) > 1
