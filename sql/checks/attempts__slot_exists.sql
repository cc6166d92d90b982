-- Answers: which attempts were made for a slot that nobody planned?
-- Grain: slot_key, attempt.
-- Columns: week, model, slot_key, attempt, outcome.
-- Depends on: attempts, slots.
-- Severity: critical
-- Stages: images, publish
-- Rule: Every attempt was made for a planned slot.
-- Says: attempts for no planned slot
WITH planned AS (
    SELECT
        model, slot_key
    FROM slots
    WHERE week = $week
)

SELECT
    attempts.week, attempts.model, attempts.slot_key, attempts.attempt, attempts.outcome
FROM attempts
ANTI JOIN planned USING (model, slot_key)
WHERE
    attempts.week = $week
    AND ($model IS NULL OR attempts.model = $model)
