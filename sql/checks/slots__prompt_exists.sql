-- Answers: which slots ask a prompt that their plan does not hold?
-- Grain: slot_key.
-- Columns: those of slots that say what was asked.
-- Depends on: slots, prompts.
-- Severity: critical
-- Stages: images, publish
-- Rule: Every slot asks a prompt of its plan.
-- Says: slots whose prompt is not in the plan
SELECT
    slots.week, slots.model, slots.slot_key, slots.suite, slots.suite_version, slots.prompt
FROM slots
ANTI JOIN prompts USING (week, model, suite, suite_version, prompt)
WHERE
    slots.week = $week
    AND ($model IS NULL OR slots.model = $model)
