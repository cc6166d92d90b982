-- Answers: which figures of windows lie outside their own interval, or have half of one?
-- Grain: that of window_scores.
-- Columns: those of window_scores that name the figure.
-- Depends on: window_scores.
-- Severity: critical
-- Stages: publish
-- Rule: A figure of a window lies within its interval.
-- Says: figures of windows outside their interval
SELECT
    week, model, suite, condition, prompt, attribute, reference, metric, value_name, estimate, low, high
FROM window_scores
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND (
        low > estimate + 1e-9
        OR high < estimate - 1e-9
        OR (low IS NULL) <> (high IS NULL)
        OR (estimate IS NULL) <> (low IS NULL)
    )
