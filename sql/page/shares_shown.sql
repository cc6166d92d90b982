-- Answers: of which prompts and values are there shares this week?
-- Grain: suite, prompt, attribute, value.
-- Columns: those.
-- Depends on: figures
SELECT DISTINCT
    suite, prompt, attribute, value
FROM figures
WHERE
    week = cast($week AS DATE) AND figure = 'share' AND prompt IS NOT NULL
    AND NOT starts_with(attribute, 'all:')
ORDER BY suite, prompt, attribute, value
