-- Answers: of which slots are calls missing, so that their numbers have a hole?
-- Grain: slot_key.
-- Columns:
--   known: calls with different numbers
--   last_attempt: the highest number
--   failing_rows: calls that are missing
-- Depends on: attempts.
-- Severity: critical
-- Stages: images, publish
-- Rule: The calls for a slot are numbered from 1 without a hole: none was left out, no retry is hidden.
-- Says: calls that are missing, by the numbers of those that are there
SELECT
    week, model, slot_key,
    count(DISTINCT attempt) AS known,
    max(attempt) AS last_attempt,
    max(attempt) - count(DISTINCT attempt) AS failing_rows
FROM attempts
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
GROUP BY week, model, slot_key
HAVING count(DISTINCT attempt) < max(attempt)
