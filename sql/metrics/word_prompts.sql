-- Answers: which prompts of one week could be set side by side, and what is looked for in their pictures?
-- Grain: model × suite × prompt × attribute; of prompts that were planned in the window.
-- Columns: those, and the prompt's language, subject and condition.
-- Depends on: prompts, prompt_attributes, answers
WITH planned AS (
    SELECT DISTINCT
        model, suite, suite_major, prompt
    FROM answers
    WHERE week BETWEEN cast($week AS DATE) - INTERVAL 21 DAY AND cast($week AS DATE)
)

SELECT
    prompts.model, suite, suite_major, prompts.prompt, prompts.language, prompts.subject,
    prompts.condition, prompt_attributes.attribute
FROM prompts
INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt)
SEMI JOIN planned USING (model, suite, suite_major, prompt)
WHERE week = cast($week AS DATE)
ORDER BY ALL
