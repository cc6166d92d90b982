-- Answers: which figures lie outside their own interval, or have half of one?
-- Grain: that of scores.
-- Columns: those of scores that name the figure.
-- Depends on: scores.
-- Severity: critical
-- Stages: publish
-- Rule: A figure lies within its interval.
-- Says: figures outside their interval
SELECT
    week, model, suite, condition, prompt, attribute, reference, metric, value_name, estimate, low, high
FROM scores
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND (
        low > estimate + 1e-9
        OR high < estimate - 1e-9
        OR (low IS NULL) <> (high IS NULL)
    )
