-- Answers: of which calls is it not recorded when they were made and answered? What policy settled
--   (not needed, not afforded, answer lost) was no call or has no answer.
-- Grain: slot_key, attempt.
-- Columns: week, model, slot_key, attempt, outcome, requested_at, answered_at.
-- Depends on: attempts.
-- Severity: critical
-- Stages: images, publish
-- Rule: Of every call it is recorded when it was made and answered.
-- Says: calls without their times
SELECT
    attempts.week, attempts.model, attempts.slot_key, attempts.attempt, attempts.outcome,
    attempts.requested_at, attempts.answered_at
FROM attempts
WHERE
    attempts.week = $week
    AND attempts.outcome NOT IN ('budget_stopped', 'unknown_charge', 'not_needed')
    AND ($model IS NULL OR attempts.model = $model)
    AND (attempts.requested_at IS NULL OR attempts.answered_at IS NULL)
