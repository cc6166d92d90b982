-- Answers: How did each answer end? Steps of the audit queries that count answers that show no value.
-- Grain: of slot_answers: week, model, suite, suite_major, prompt, turn, answer: a conversation, or a slot of
--   none.
-- Columns: of slot_answers: those, condition; outcome_group.
-- Depends on: slots, prompts, attempts, outcomes
WITH
-- how a slot ended: by its first final attempt, else by its last
slot_ends AS (
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

-- of the turns after a confrontation the first picture is the answer, else the last turn
slot_answers AS (
    SELECT
        slots.week, slots.model, slots.suite, prompts.suite_major, prompts.condition, slots.prompt,
        least(slots.turn, 2) AS turn,
        coalesce(slots.conversation, slots.slot_key) AS answer,
        coalesce(
            max(outcomes.outcome_group) FILTER (WHERE outcomes.outcome_group = 'picture'),
            arg_max(coalesce(outcomes.outcome_group, 'none'), slots.turn)
        ) AS outcome_group
    FROM slots
    INNER JOIN prompts USING (week, model, suite, suite_version, prompt)
    LEFT JOIN slot_ends USING (week, model, slot_key)
    LEFT JOIN outcomes USING (outcome)
    WHERE coalesce(slot_ends.outcome, '') <> 'not_needed'
    GROUP BY ALL
)

SELECT * FROM slot_answers
