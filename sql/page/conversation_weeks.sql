-- Answers: which is each model's latest published week with a conversation that it began, up to the edition's
--   week?
-- Grain: one row a week in which that is so of any model.
-- Columns: week.
-- Depends on: slots, attempts, outcomes, withheld
WITH firsts AS (
    SELECT
        slots.week, slots.model, slots.slot_key
    FROM slots
    ANTI JOIN withheld USING (week, model)
    WHERE slots.week <= cast($week AS DATE) AND slots.conversation IS NOT NULL AND slots.turn = 1
),

ended AS (
    SELECT
        attempts.week, attempts.model,
        coalesce(
            arg_min(attempts.outcome, attempts.attempt) FILTER (WHERE outcomes.final),
            arg_max(attempts.outcome, attempts.attempt)
        ) AS outcome
    FROM attempts
    INNER JOIN firsts USING (week, model, slot_key)
    LEFT JOIN outcomes USING (outcome)
    GROUP BY attempts.week, attempts.model, attempts.slot_key
),

latest AS (
    SELECT max(ended.week) AS week
    FROM ended
    INNER JOIN outcomes USING (outcome)
    WHERE outcomes.outcome_group IN ('picture', 'refused')
    GROUP BY ended.model
)

SELECT DISTINCT week
FROM latest
ORDER BY week
