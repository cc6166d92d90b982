-- Answers: how was each slot answered, and what was made of its prompt? First steps of answers and
--   cluster_answers.
-- Grain: told: that of answers.
-- Columns: of told: those of answers; slot_key (of a conversation that of its picture, else of its last
--   turn).
-- Depends on: slot_outcomes, attempts
WITH answers AS (
    SELECT
        week, model, suite, suite_version, prompt,
        least(turn, 2) AS turn,
        arg_max(slot_key, (is_picture, turn)) AS slot_key,
        arg_max(outcome_group, (is_picture, turn)) AS outcome_group,
        count(*) FILTER (WHERE is_picture) AS pictures
    FROM slot_outcomes
    WHERE outcome <> 'not_needed'
    GROUP BY
        week, model, suite, suite_version, prompt, least(turn, 2),
        coalesce(conversation, slot_key)
),

-- a slot has one picture; should it have more, its first counts
revised AS (
    SELECT
        week, model, slot_key,
        arg_min(prompt_sent, attempt) AS prompt_sent,
        arg_min(revised_prompt, attempt) AS revised_prompt
    FROM attempts
    WHERE outcome = 'ok' AND revised_prompt IS NOT NULL
    GROUP BY week, model, slot_key
),

told AS (
    SELECT
        answers.week, answers.model, answers.suite, answers.suite_version, answers.prompt, answers.turn,
        answers.slot_key, answers.outcome_group, answers.pictures, revised.prompt_sent,
        revised.revised_prompt
    FROM answers
    LEFT JOIN revised USING (week, model, slot_key)
)

SELECT * FROM told
