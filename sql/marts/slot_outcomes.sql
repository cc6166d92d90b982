-- Answers: how did each planned slot end?
-- Grain: slot_key.
-- Weeks: own
-- Columns:
--   series, params_hash, track, simulated: as planned for the model in that week
--   outcome: final outcome, else that of the last attempt; not_attempted if there was none
--   outcome_group: group of the outcome (table outcomes); not_attempted if there was no attempt
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
)

SELECT
    slots.week, slots.model, plans.series, plans.params_hash, plans.track, plans.simulated, slots.suite,
    slots.suite_version,
    cast(split_part(slots.suite_version, '.', 1) AS INTEGER) AS suite_major,
    slots.prompt, prompts.language, prompts.subject, prompts.condition, slots.replicate, slots.turn,
    slots.conversation, slots.slot_key,
    coalesce(tried.outcome, 'not_attempted') AS outcome,
    CASE
        WHEN tried.outcome IS NULL THEN 'not_attempted'
        ELSE coalesce(outcomes.outcome_group, 'unknown')
    END AS outcome_group,
    coalesce(tried.attempts, 0) AS attempts,
    images.image_sha256,
    images.image_ext
FROM slots
INNER JOIN plans USING (week, model)
LEFT JOIN prompts USING (week, model, suite, suite_version, prompt)
LEFT JOIN tried USING (week, model, slot_key)
LEFT JOIN outcomes USING (outcome)
LEFT JOIN images USING (week, model, slot_key)
