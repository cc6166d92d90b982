-- Answers: which prompts do the boards of a week rest on?
-- Grain: one row for each suite × suite_major × condition × attribute × prompt.
-- Columns: text and language of the prompt.
-- Depends on: prompts, prompt_attributes, slots, withheld
SELECT
    prompts.suite, prompts.suite_major, prompts.condition, prompt_attributes.attribute, prompts.prompt,
    any_value(prompts.text) AS text,
    any_value(prompts.language) AS language
FROM prompts
INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt)
SEMI JOIN slots USING (week, model, prompt)
ANTI JOIN withheld USING (week, model)
WHERE prompts.week = cast($week AS DATE)
GROUP BY
    prompts.suite, prompts.suite_major, prompts.condition, prompt_attributes.attribute, prompts.prompt
ORDER BY prompts.prompt, prompt_attributes.attribute
