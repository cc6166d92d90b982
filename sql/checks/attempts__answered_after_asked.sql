-- Answers: which attempts have an answer that is older than the question?
-- Grain: slot_key, attempt.
-- Columns: week, model, slot_key, attempt, requested_at, answered_at.
-- Depends on: attempts.
-- Severity: warning
-- Stages: images, publish
-- Rule: An answer is not older than its question.
-- Says: attempts answered before they were asked
SELECT
    week, model, slot_key, attempt, requested_at, answered_at
FROM attempts
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND answered_at < requested_at
