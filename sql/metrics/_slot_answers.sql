-- Answers: how was each slot answered? First steps of answers and cluster_answers.
-- Grain: told: that of answers.
-- Columns: of told: those of answers; slot_key (of a conversation that of its picture, else of its last
--   turn).
-- Depends on: slot_outcomes
WITH told AS (
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
)

SELECT * FROM told
