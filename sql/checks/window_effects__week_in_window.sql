-- Answers: which windows of effects begin before their four weeks or after their end, or are of more weeks
--   than that, or of none although there is a figure?
-- Grain: that of window_effects.
-- Columns: those of window_effects that name the figure and its window.
-- Depends on: window_effects.
-- Severity: critical
-- Stages: publish
-- Rule: A window of an effect is of one to four weeks that end with its own, or of none without a figure.
-- Says: effects whose window is not of its weeks
SELECT
    week, model, suite, kind, a, b, subject, attribute, reference, metric, value_name, window_weeks, weeks,
    first_week
FROM window_effects
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND NOT (
        first_week BETWEEN week - 7 * (window_weeks - 1) AND week
        AND weeks BETWEEN 0 AND date_diff('day', first_week, week) // 7 + 1
        AND (weeks > 0 OR estimate IS NULL)
        AND (weeks > 0) = (quiet_weeks IS NOT NULL)
    )
