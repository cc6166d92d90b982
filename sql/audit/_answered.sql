-- Answers: How many answers has each prompt, refusals among them, and how many show no value? Steps of the
--   audit queries of what one word changes, after those of read_from_labels.
-- Grain: of answered: week, model, suite, suite_major, prompt, turn, attribute.
-- Columns: of answered: those, labeler_version; answers; unseen: of them, those that show no value.
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
        slots.week, slots.model, slots.suite, prompts.suite_major, slots.prompt,
        least(slots.turn, 2) AS turn,
        coalesce(slots.conversation, slots.slot_key) AS answer,
        coalesce(
            max(outcomes.outcome_group) FILTER (WHERE outcomes.outcome_group = 'success'),
            arg_max(coalesce(outcomes.outcome_group, 'none'), slots.turn)
        ) AS outcome_group
    FROM slots
    INNER JOIN prompts USING (week, model, suite, suite_version, prompt)
    LEFT JOIN slot_ends USING (week, model, slot_key)
    LEFT JOIN outcomes USING (outcome)
    WHERE coalesce(slot_ends.outcome, '') <> 'not_needed'
    GROUP BY ALL
),

turned_down AS (
    SELECT
        week, model, suite, suite_major, prompt, turn,
        count(*) FILTER (WHERE outcome_group = 'answer') AS refused
    FROM slot_answers
    GROUP BY ALL
),

pictured AS (
    SELECT
        week, model, suite, suite_major, prompt, turn, attribute,
        count(*) AS pictures
    FROM readings
    GROUP BY ALL
),

answered AS (
    SELECT
        shown.week, shown.model, shown.suite, shown.suite_major, shown.prompt, shown.turn, shown.attribute,
        shown.labeler_version,
        coalesce(pictured.pictures, 0) + coalesce(turned_down.refused, 0) AS answers,
        coalesce(pictured.pictures, 0) + coalesce(turned_down.refused, 0) - shown.n AS unseen
    FROM (
        SELECT DISTINCT
            week, model, suite, suite_major, prompt, turn, attribute, labeler_version, n
        FROM counted
    ) AS shown
    LEFT JOIN pictured USING (week, model, suite, suite_major, prompt, turn, attribute)
    LEFT JOIN turned_down USING (week, model, suite, suite_major, prompt, turn)
)

SELECT * FROM answered
