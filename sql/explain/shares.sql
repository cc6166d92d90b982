-- Answers: which shares of single prompts are published, each as of the newest week that has one?
-- Grain: model, suite, suite_major, condition, turn, prompt, attribute, value.
-- Columns: those of figures; first_week: the week itself where nothing was read.
-- Depends on: figures
SELECT
    model, suite, suite_major, condition, turn, prompt, attribute, value, labeler, labeler_version, week,
    estimate, low, high, reason, k, n, worth,
    coalesce(first_week, week) AS first_week
FROM figures
WHERE figure = 'share' AND study IS NULL
QUALIFY
    week = max(week) OVER (
        PARTITION BY model, suite, suite_major, condition, turn, prompt, attribute, value
    )
ORDER BY model, prompt, suite_major, turn, attribute, value
