-- Answers: which prompts was each model asked in a week?
-- Grain: one row for each prompt × model; none of a model that is withheld.
-- Columns: those of prompts that say what was asked.
-- Depends on: prompts, slots, withheld
SELECT DISTINCT
    prompts.prompt, prompts.model, prompts.suite, prompts.suite_major, prompts.condition, prompts.text,
    prompts.language, prompts.subject, prompts.turns
FROM prompts
SEMI JOIN slots USING (week, model, prompt)
ANTI JOIN withheld USING (week, model)
WHERE prompts.week = cast($week AS DATE)
ORDER BY prompts.prompt, prompts.model
