-- Answers: How did every answer end? First steps of the audit queries that name this text under "Uses":
--   from slots and attempts alone.
-- Grain: answers_given: answer; a conversation's later turns are one, of turn 2.
-- Columns: occasion: week or study; unit: conversation or slot; slot_key of the picture, of later turns
--   the first one; ended: pictures, refused, failed or not_asked.
-- Depends on: slots, prompts, attempts, outcomes, study_slots, study_labels
WITH
-- a slot ends with its first final attempt, else with its last
ends AS (
    SELECT
        attempts.week, attempts.model, attempts.slot_key,
        coalesce(
            arg_min(attempts.outcome, attempts.attempt) FILTER (WHERE outcomes.final),
            arg_max(attempts.outcome, attempts.attempt)
        ) AS outcome
    FROM attempts
    LEFT JOIN outcomes USING (outcome)
    GROUP BY attempts.week, attempts.model, attempts.slot_key
),

-- studies do not say who refused
answers_given AS (
    SELECT
        cast(slots.week AS VARCHAR) AS occasion,
        FALSE AS is_study,
        slots.model, slots.suite, prompts.suite_major, prompts.condition,
        least(slots.turn, 2) AS turn,
        slots.suite_version, slots.prompt,
        CASE WHEN slots.turn > 1 THEN coalesce(slots.conversation, slots.slot_key) ELSE slots.slot_key END
            AS unit,
        min_by(slots.slot_key, slots.turn) FILTER (WHERE ends.outcome = 'ok') AS slot_key,
        CASE
            WHEN bool_or(ends.outcome = 'ok') THEN 'pictures'
            WHEN bool_or(ends.outcome IN ('blocked_input', 'blocked_output', 'refused_text', 'no_image'))
                THEN 'refused'
            WHEN bool_or(ends.outcome <> 'budget_stopped') THEN 'failed'
            ELSE 'not_asked'
        END AS ended
    FROM slots
    INNER JOIN prompts USING (week, model, suite, suite_version, prompt)
    LEFT JOIN ends USING (week, model, slot_key)
    WHERE ends.outcome IS DISTINCT FROM 'not_needed'
    GROUP BY ALL
    UNION ALL
    SELECT
        study AS occasion,
        TRUE AS is_study,
        model,
        study AS suite,
        1 AS suite_major,
        condition,
        1 AS turn,
        '' AS suite_version,
        prompt,
        slot_key AS unit,
        CASE WHEN ended = 'pictures' THEN slot_key END AS slot_key,
        ended
    FROM (
        SELECT
            study_slots.*,
            CASE
                WHEN
                    study_slots.image_sha256 IS NOT NULL
                    OR study_slots.status = 'unpublished'
                    OR study_slots.slot_key IN (
                        SELECT study_labels.slot_key FROM study_labels
                        WHERE study_labels.study = study_slots.study
                    )
                    THEN 'pictures'
                ELSE 'not_asked'
            END AS ended
        FROM study_slots
    ) AS imported
)

SELECT * FROM answers_given
