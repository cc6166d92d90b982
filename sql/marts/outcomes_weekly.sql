-- Answers: how often did each outcome end a slot, for each model and suite in each week?
-- Grain: week, model, suite, suite_major, condition, outcome; outcomes that did not occur have no row.
-- Weeks: own
-- Columns:
--   outcome: outcome of the slot, or not_attempted
--   slots: number of slots that ended so
--   planned: number of slots that were planned for the model, suite and condition in that week
-- Depends on: slot_outcomes.
SELECT
    week, model, suite, suite_major, condition, outcome,
    count(*) AS slots,
    cast(
        sum(count(*)) OVER (PARTITION BY week, model, suite, suite_major, condition) AS BIGINT
    ) AS planned
FROM slot_outcomes
GROUP BY week, model, suite, suite_major, condition, outcome
