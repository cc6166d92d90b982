-- Answers: which answers of labelers' APIs does no error table know?
-- Grain: week, model, call, attempt.
-- Columns:
--   error_code, error_message: what the API said
-- Depends on: label_attempts.
-- Severity: warning
-- Stages: labels, publish
-- Rule: Every answer of a labeler's API is understood.
-- Says: answers of a labeler's API that no error table knows
SELECT
    week, model, labeler, labeler_version, call, attempt, http_status, error_code, error_message
FROM label_attempts
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND unmapped
ORDER BY model, labeler, call, attempt
