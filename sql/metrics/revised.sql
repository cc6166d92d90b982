-- Answers: which pictures of some weeks came with a revised prompt?
-- Grain: slot.
-- Columns: slot, a hash as in metrics/ends; prompt_sent and revised_prompt of the attempt with the picture.
-- Depends on: attempts
SELECT
    hash(week, model, slot_key) AS slot,
    arg_min(prompt_sent, attempt) AS prompt_sent,
    arg_min(revised_prompt, attempt) AS revised_prompt
FROM attempts
WHERE
    week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
    AND outcome = 'ok'
    AND revised_prompt IS NOT NULL
GROUP BY slot
