-- Answers: which calls sent another text than their plan holds? A provider that rewrites it says so in
--   revised_prompt; what was sent is the plan's. Later turns of a conversation have no text in prompts.
-- Grain: slot_key, attempt.
-- Columns: week, model, slot_key, attempt, prompt; text: of the plan; prompt_sent: of the call.
-- Depends on: attempts, slots, prompts.
-- Severity: critical
-- Stages: images, publish
-- Rule: What was sent is the prompt's text in the plan, word for word.
-- Says: calls that sent another text than was planned
SELECT
    attempts.week, attempts.model, attempts.slot_key, attempts.attempt, slots.prompt, prompts.text,
    attempts.prompt_sent
FROM attempts
INNER JOIN slots USING (week, model, slot_key)
INNER JOIN prompts USING (week, model, suite, suite_version, prompt)
WHERE
    attempts.week = $week
    AND ($model IS NULL OR attempts.model = $model)
    AND slots.turn = 1
    AND attempts.prompt_sent <> prompts.text
