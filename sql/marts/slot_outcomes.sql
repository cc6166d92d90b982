-- Answers: how did each planned slot end?
-- Grain: slot_key.
-- Weeks: own
-- Columns:
--   series, params_hash, track, simulated: as planned for the model in that week
--   outcome: final outcome, else that of the last attempt; not_attempted if there was none
--   outcome_group: picture, refused, failed, not_asked (no attempt, too) or not_needed (table outcomes);
--     unknown for an outcome that is not declared
--   is_picture, is_refused, is_failed, is_not_asked: true of that group; one of them is of each slot that was
--     needed
--   attempts: number of attempts, 0 if none
--   image_sha256: SHA-256 of the picture's bytes; NULL unless the outcome is ok
--   image_ext: file extension of the picture, without a dot; NULL unless the outcome is ok
-- Depends on: slots, plans, prompts, attempts, outcomes, images.
WITH tried AS (
    SELECT
        attempts.week, attempts.model, attempts.slot_key,
        count(*) AS attempts,
        coalesce(
            arg_min(attempts.outcome, attempts.attempt) FILTER (WHERE outcomes.final),
            arg_max(attempts.outcome, attempts.attempt)
        ) AS outcome
    FROM attempts
    LEFT JOIN outcomes USING (outcome)
    GROUP BY attempts.week, attempts.model, attempts.slot_key
),

ended AS (
    SELECT
        slots.*,
        images.image_sha256,
        images.image_ext,
        coalesce(tried.attempts, 0) AS attempts,
        coalesce(tried.outcome, 'not_attempted') AS outcome,
        CASE
            WHEN tried.outcome IS NULL THEN 'not_asked'
            ELSE coalesce(outcomes.outcome_group, 'unknown')
        END AS outcome_group
    FROM slots
    LEFT JOIN tried USING (week, model, slot_key)
    LEFT JOIN outcomes USING (outcome)
    LEFT JOIN images USING (week, model, slot_key)
)

SELECT
    ended.week, ended.model, plans.series, plans.params_hash, plans.track, plans.simulated, ended.suite,
    ended.suite_version,
    cast(split_part(ended.suite_version, '.', 1) AS INTEGER) AS suite_major,
    ended.prompt, prompts.language, prompts.subject, prompts.condition, ended.replicate, ended.turn,
    ended.conversation, ended.slot_key, ended.outcome, ended.outcome_group,
    ended.outcome_group = 'picture' AS is_picture,
    ended.outcome_group = 'refused' AS is_refused,
    ended.outcome_group = 'failed' AS is_failed,
    ended.outcome_group = 'not_asked' AS is_not_asked,
    ended.attempts, ended.image_sha256, ended.image_ext
FROM ended
INNER JOIN plans USING (week, model)
LEFT JOIN prompts USING (week, model, suite, suite_version, prompt)
