-- Answers: which single prompts that a declared pair or a claim is of were planned in a week?
-- Grain: week, model, suite, suite_major, condition, prompt, attribute, shows.
-- Columns: those; attribute: as it is counted; shows: its values, joined by +.
-- Depends on: prompts, prompt_attributes, answers
WITH wanted AS (
    SELECT unnest(declared)
    FROM (SELECT unnest($wanted) AS declared) AS given
)

SELECT DISTINCT
    prompts.week, prompts.model, prompts.suite, prompts.suite_major, prompts.condition, prompts.prompt,
    wanted.attribute, wanted.shows
FROM prompts
INNER JOIN wanted
    ON
        prompts.suite = wanted.suite
        AND prompts.suite_major = wanted.suite_major
        AND (prompts.prompt = wanted.prompt OR prompts.subject = wanted.subject)
        AND prompts.week >= cast(wanted.since AS DATE)
SEMI JOIN prompt_attributes
    ON
        prompts.week = prompt_attributes.week
        AND prompts.model = prompt_attributes.model
        AND prompts.suite = prompt_attributes.suite
        AND prompts.suite_major = prompt_attributes.suite_major
        AND prompts.prompt = prompt_attributes.prompt
        AND wanted.part = prompt_attributes.attribute
SEMI JOIN answers
    ON
        prompts.week = answers.week
        AND prompts.model = answers.model
        AND prompts.suite = answers.suite
        AND prompts.suite_major = answers.suite_major
        AND prompts.prompt = answers.prompt
WHERE prompts.week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
ORDER BY ALL
