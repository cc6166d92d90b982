-- Answers: how was each slot answered, and which call, if it answered several, answered it? Of models and
--   weeks in which some call did.
-- Grain: that of answers.
-- Columns: those of answers; cluster (NULL: none).
-- Depends on: slot_outcomes, prompts, clusters
-- Uses: slot_answers
WITH together AS (
    SELECT DISTINCT
        week, model
    FROM clusters
)

SELECT
    told.week, told.model, told.suite, prompts.suite_major, told.prompt, told.turn, told.outcome_group,
    told.pictures, clusters.cluster
FROM told
SEMI JOIN together USING (week, model)
INNER JOIN prompts USING (week, model, suite, suite_version, prompt)
LEFT JOIN clusters USING (week, model, slot_key)
