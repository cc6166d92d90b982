-- Answers: In every cell of every week, are the planned slots as many as the pictures, each other outcome and
--   what was not attempted, taken together?
-- Grain: week, model, prompt; cells that do not add up come first.
-- Columns: week, model, prompt, planned, ok, one column for each other group of outcomes, not_attempted,
--   attempts_of_no_slot (attempts whose slot is not in the plan), adds_up
-- Depends on: slots, attempts, slot_outcomes.
WITH planned AS (
    SELECT
        week, model, prompt,
        count(*) AS planned
    FROM slots
    GROUP BY week, model, prompt
),

ended AS (
    SELECT
        week, model, prompt,
        count(*) FILTER (WHERE outcome = 'ok' AND image_sha256 IS NOT NULL) AS ok,
        count(*) FILTER (WHERE outcome_group = 'answer') AS model_answers,
        count(*) FILTER (WHERE outcome_group = 'transient') AS transient_errors,
        count(*) FILTER (WHERE outcome_group = 'stop') AS stopped,
        count(*) FILTER (WHERE outcome_group = 'bad_data') AS bad_data,
        count(*) FILTER (WHERE outcome_group = 'policy') AS policy,
        count(*) FILTER (WHERE outcome_group = 'not_attempted') AS not_attempted
    FROM slot_outcomes
    GROUP BY week, model, prompt
),

strays AS (
    SELECT
        attempts.week, attempts.model,
        count(*) AS attempts_of_no_slot
    FROM attempts
    ANTI JOIN slots USING (week, model, slot_key)
    GROUP BY attempts.week, attempts.model
),

counted AS (
    SELECT
        planned.week, planned.model, planned.prompt, planned.planned,
        coalesce(ended.ok, 0) AS ok,
        coalesce(ended.model_answers, 0) AS model_answers,
        coalesce(ended.transient_errors, 0) AS transient_errors,
        coalesce(ended.stopped, 0) AS stopped,
        coalesce(ended.bad_data, 0) AS bad_data,
        coalesce(ended.policy, 0) AS policy,
        coalesce(ended.not_attempted, 0) AS not_attempted,
        coalesce(strays.attempts_of_no_slot, 0) AS attempts_of_no_slot
    FROM planned
    LEFT JOIN ended USING (week, model, prompt)
    LEFT JOIN strays USING (week, model)
)

SELECT
    *,
    attempts_of_no_slot = 0
    AND planned
    = ok + model_answers + transient_errors + stopped + bad_data + policy + not_attempted AS adds_up
FROM counted
ORDER BY adds_up ASC, week DESC, model ASC, prompt ASC
