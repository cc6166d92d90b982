-- Answers: which attempts were made outside their week? No one is asked before it begins. A live model is not
--   asked once it is over (a day is allowed for a run that began in it); simulated models and imported
--   pictures, which say when they were made, can be taken later.
-- Grain: slot_key, attempt.
-- Columns: week, model, slot_key, attempt, requested_at.
-- Depends on: attempts, plans.
-- Severity: critical
-- Stages: images, publish
-- Rule: Nobody is asked before the week; a live model is not asked for a week that is over.
-- Says: attempts outside their week
SELECT
    attempts.week, attempts.model, attempts.slot_key, attempts.attempt, attempts.requested_at
FROM attempts
LEFT JOIN plans USING (week, model)
WHERE
    attempts.week = $week
    AND ($model IS NULL OR attempts.model = $model)
    AND (
        attempts.requested_at < attempts.week
        OR (
            attempts.requested_at >= attempts.week + INTERVAL 8 DAY
            AND attempts.original_created_at IS NULL
            AND NOT coalesce(plans.simulated, FALSE)
        )
    )
