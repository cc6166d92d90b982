-- Answers: which attempts have an answer that is older than the question?
-- Grain: slot_key, attempt.
-- Columns: week, model, slot_key, attempt, requested_at, answered_at.
-- Depends on: attempts.
SELECT
    week, model, slot_key, attempt, requested_at, answered_at
FROM attempts
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND answered_at < requested_at
