-- Answers: what came of every slot of one week, and was its prompt rewritten?
-- Grain: slot; the turns of a conversation after its first are one answer: its picture, else its last turn.
-- Columns: keys of the cell, language, outcome_group; prompt_sent and revised_prompt of the attempt with the
--   picture; pictures of the answer: 0 or 1, of a conversation 2 where both later turns drew.
-- Depends on: slot_outcomes, attempts
WITH ended AS (
    SELECT *
    FROM slot_outcomes
    WHERE week = cast($week AS DATE) AND outcome <> 'not_needed'
),

pictures AS (
    SELECT
        week,
        model,
        slot_key,
        arg_min(prompt_sent, attempt) AS prompt_sent,
        arg_min(revised_prompt, attempt) FILTER (WHERE revised_prompt IS NOT NULL) AS revised_prompt
    FROM attempts
    WHERE week = cast($week AS DATE) AND outcome = 'ok'
    GROUP BY week, model, slot_key
)

SELECT
    ended.model,
    ended.series,
    ended.params_hash,
    ended.track,
    ended.suite,
    ended.suite_major,
    ended.condition,
    ended.prompt,
    ended.language,
    least(ended.turn, 2) AS turn,
    ended.outcome_group,
    pictures.prompt_sent,
    pictures.revised_prompt,
    count(*) FILTER (WHERE ended.outcome_group = 'success') OVER (
        PARTITION BY
            ended.model,
            ended.suite,
            ended.suite_major,
            ended.prompt,
            least(ended.turn, 2),
            coalesce(ended.conversation, ended.slot_key)
    ) AS pictures
FROM ended
LEFT JOIN pictures
    ON ended.week = pictures.week AND ended.model = pictures.model AND ended.slot_key = pictures.slot_key
QUALIFY
    row_number() OVER (
        PARTITION BY
            ended.model,
            ended.suite,
            ended.suite_major,
            ended.prompt,
            least(ended.turn, 2),
            coalesce(ended.conversation, ended.slot_key)
        ORDER BY CASE WHEN ended.outcome_group = 'success' THEN 1 ELSE 2 END, -ended.turn
    ) = 1
ORDER BY ended.model, ended.suite, ended.suite_major, ended.condition, ended.prompt, turn, ended.slot_key
