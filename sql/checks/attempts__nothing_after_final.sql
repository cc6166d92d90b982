-- Answers: which attempts were made for a slot that a final outcome had settled?
-- Grain: slot_key, attempt.
-- Columns:
--   outcome: outcome of the attempt that should not have been made
--   settled_by: number of the attempt that settled the slot
-- Depends on: attempts, outcomes.
-- Severity: critical
-- Stages: images, publish
-- Rule: A slot is not asked again after an outcome that is final.
-- Says: attempts after a final outcome
WITH settled AS (
    SELECT
        attempts.week, attempts.model, attempts.slot_key,
        min(attempts.attempt) AS settled_by
    FROM attempts
    INNER JOIN outcomes USING (outcome)
    WHERE
        outcomes.final
        AND attempts.week = $week
        AND ($model IS NULL OR attempts.model = $model)
    GROUP BY attempts.week, attempts.model, attempts.slot_key
)

SELECT
    attempts.week, attempts.model, attempts.slot_key, attempts.attempt, attempts.outcome, settled.settled_by
FROM attempts
INNER JOIN settled USING (week, model, slot_key)
WHERE attempts.attempt > settled.settled_by
