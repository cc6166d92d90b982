-- Answers: which windows begin before their four weeks or after their end, or are of more weeks than that?
-- Grain: that of window_scores.
-- Columns: those of window_scores that name the figure and its window.
-- Depends on: window_scores.
-- Severity: critical
-- Stages: publish
-- Rule: A window is of one to four weeks that end with its own, or of none where nothing was assessed.
-- Says: windows that are not of their weeks
SELECT
    week, model, suite, condition, prompt, attribute, reference, metric, value_name, window_weeks, weeks,
    first_week
FROM window_scores
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND NOT (
        first_week BETWEEN week - 7 * (window_weeks - 1) AND week
        AND weeks BETWEEN 0 AND date_diff('day', first_week, week) // 7 + 1
        AND (weeks > 0 OR estimate IS NULL)
    )
