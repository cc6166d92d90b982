-- Answers: how did each slot of some weeks end?
-- Grain: slot; those that were not needed are left out.
-- Columns: slot, a hash that stands for the slot in metrics/label_codes and metrics/revised; cell, one that
--   stands for the cell in metrics/asked; turn; conversation; outcome_group.
-- Depends on: slots, attempts, outcomes
WITH calls AS (
    SELECT
        hash(week, model, slot_key) AS slot,
        attempt,
        outcome
    FROM attempts
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
),

tried AS (
    SELECT
        calls.slot,
        coalesce(
            arg_min(calls.outcome, calls.attempt) FILTER (WHERE outcomes.final),
            arg_max(calls.outcome, calls.attempt)
        ) AS outcome
    FROM calls
    LEFT JOIN outcomes ON calls.outcome = outcomes.outcome
    GROUP BY calls.slot
),

planned AS (
    SELECT
        hash(week, model, slot_key) AS slot,
        hash(week, model, suite, suite_version, prompt, least(turn, 2)) AS cell,
        turn,
        conversation
    FROM slots
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
)

SELECT
    planned.slot,
    planned.cell,
    planned.turn,
    planned.conversation,
    CASE
        WHEN tried.outcome IS NULL THEN 'not_attempted'
        ELSE coalesce(outcomes.outcome_group, 'unknown')
    END AS outcome_group
FROM planned
LEFT JOIN tried ON planned.slot = tried.slot
LEFT JOIN outcomes ON tried.outcome = outcomes.outcome
WHERE tried.outcome IS NULL OR tried.outcome <> 'not_needed'
