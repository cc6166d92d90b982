-- Answers: which slots ask a prompt that their plan does not hold?
-- Grain: slot_key.
-- Columns: those of slots that say what was asked.
-- Depends on: slots, prompts.
-- Severity: critical
-- Stages: images, publish
-- Rule: Every slot asks a prompt of its plan.
-- Says: slots whose prompt is not in the plan
WITH planned AS (
    SELECT
        model, suite, suite_version, prompt
    FROM prompts
    WHERE week = $week
)

SELECT
    slots.week, slots.model, slots.slot_key, slots.suite, slots.suite_version, slots.prompt
FROM slots
ANTI JOIN planned USING (model, suite, suite_version, prompt)
WHERE
    slots.week = $week
    AND ($model IS NULL OR slots.model = $model)
