-- Answers: which pictures of some weeks came with a revised prompt?
-- Grain: attempt with a picture; a slot has one, or the first one counts.
-- Columns: slot, a hash as in metrics/ends; attempt; prompt_sent and revised_prompt.
-- Depends on: attempts
SELECT
    hash(week, model, slot_key) AS slot,
    attempt, prompt_sent, revised_prompt
FROM attempts
WHERE
    week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
    AND outcome = 'ok'
    AND revised_prompt IS NOT NULL
