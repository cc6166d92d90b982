-- Answers: with which words did models refuse a prompt, or rewrite it, in some weeks?
-- Grain: one row for each prompt × model with any.
-- Columns: refusals, rewritten: up to three, by a hash of their slots, cut after 1,000 characters.
-- Weeks: own
-- Depends on: slots, attempts, withheld
WITH said AS (
    SELECT
        s.prompt, s.model,
        md5(a.slot_key) AS place,
        CASE WHEN a.outcome <> 'ok' THEN left(a.refusal_text, 1000) END AS refusal,
        CASE
            WHEN a.outcome = 'ok' AND a.revised_prompt <> coalesce(a.prompt_sent, '')
                THEN left(a.revised_prompt, 1000)
        END AS rewritten
    FROM attempts AS a
    INNER JOIN slots AS s USING (week, model, slot_key)
    ANTI JOIN withheld USING (week, model)
    WHERE a.refusal_text IS NOT NULL OR a.revised_prompt IS NOT NULL
)

SELECT
    prompt, model,
    arg_min(refusal, place, 3) AS refusals,
    arg_min(rewritten, place, 3) AS rewritten
FROM said
WHERE refusal IS NOT NULL OR rewritten IS NOT NULL
GROUP BY prompt, model
ORDER BY prompt, model
