-- Answers: how did the slots of some weeks end, as far as they were attempted?
-- Grain: slot.
-- Columns: slot, a hash that stands for the slot in metrics/asked_slots, label_codes and revised;
--   ending: place of the outcome (metrics/outcomes), 0 if unknown: of final outcomes the first,
--   else the last of all.
-- Depends on: attempts, outcomes
WITH codes AS (
    SELECT
        outcome,
        final,
        row_number() OVER (ORDER BY outcome) AS place
    FROM outcomes
),

calls AS (
    SELECT
        hash(week, model, slot_key) AS slot,
        attempt,
        outcome
    FROM attempts
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
)

SELECT
    calls.slot,
    min(
        CASE
            WHEN codes.final THEN calls.attempt * 1000 + codes.place
            ELSE (1000000 - calls.attempt) * 1000 + coalesce(codes.place, 0)
        END
    ) % 1000 AS ending
FROM calls
LEFT JOIN codes ON calls.outcome = codes.outcome
GROUP BY calls.slot
