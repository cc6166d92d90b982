-- Answers: In every cell of every week, are the planned slots as many as the pictures, refusals, failures
--   and requests that were not made or not needed, taken together?
-- Grain: week, model, prompt; cells that do not add up come first.
-- Columns: week, model, prompt, planned, ok, refused, failed, not_asked, not_needed,
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
        count(*) FILTER (WHERE is_refused) AS refused,
        count(*) FILTER (WHERE is_failed) AS failed,
        count(*) FILTER (WHERE is_not_asked) AS not_asked,
        count(*) FILTER (WHERE outcome = 'not_needed') AS not_needed
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
        coalesce(ended.refused, 0) AS refused,
        coalesce(ended.failed, 0) AS failed,
        coalesce(ended.not_asked, 0) AS not_asked,
        coalesce(ended.not_needed, 0) AS not_needed,
        coalesce(strays.attempts_of_no_slot, 0) AS attempts_of_no_slot
    FROM planned
    LEFT JOIN ended USING (week, model, prompt)
    LEFT JOIN strays USING (week, model)
)

SELECT
    *,
    attempts_of_no_slot = 0
    AND planned = ok + refused + failed + not_asked + not_needed AS adds_up
FROM counted
ORDER BY adds_up ASC, week DESC, model ASC, prompt ASC
