-- Answers: which attempts of a slot are recorded more than once?
-- Grain: slot_key, attempt.
-- Columns: week, model, slot_key, attempt; failing_rows: rows too many.
-- Depends on: attempts.
-- Severity: critical
-- Stages: images, publish
-- Rule: An attempt of a slot is recorded once.
-- Says: attempts recorded more than once
SELECT
    week, model, slot_key, attempt,
    count(*) - 1 AS failing_rows
FROM attempts
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
GROUP BY week, model, slot_key, attempt
HAVING count(*) > 1
