-- Answers: how did the calls of some weeks end?
-- Grain: attempt.
-- Columns: slot, a hash that stands for the slot in metrics/asked_slots, label_codes and revised;
--   ending: of a slot's attempts the one with the smallest is its end, of final outcomes the first, else the
--   last of all; its remainder by 1000 is the place of the outcome (metrics/outcomes), 0 if unknown.
-- Depends on: attempts, outcomes
WITH codes AS (
    SELECT
        outcome, final,
        row_number() OVER (ORDER BY outcome) AS place
    FROM outcomes
),

calls AS (
    SELECT
        hash(week, model, slot_key) AS slot,
        attempt, outcome
    FROM attempts
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
)

SELECT
    calls.slot,
    CASE
        WHEN codes.final THEN calls.attempt * 1000 + codes.place
        ELSE (1000000 - calls.attempt) * 1000 + coalesce(codes.place, 0)
    END AS ending
FROM calls
LEFT JOIN codes USING (outcome)
