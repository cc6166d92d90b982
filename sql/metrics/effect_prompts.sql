-- Answers: which prompts of one week could be set side by side, and what is looked for in their pictures?
-- Grain: model × suite × prompt × attribute.
-- Columns: those, and the prompt's language, subject and condition.
-- Depends on: prompts, prompt_attributes
WITH asked AS (
    SELECT *
    FROM prompts
    WHERE week = cast($week AS DATE) AND list_contains($suites, suite)
)

SELECT
    asked.model, asked.suite, asked.suite_major, asked.prompt, asked.language, asked.subject,
    asked.condition, prompt_attributes.attribute
FROM asked
INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt)
ORDER BY ALL
