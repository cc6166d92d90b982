-- Answers: which models answered too few of their prompts to be published? A refusal is an answer.
-- Grain: week, model.
-- Columns:
--   planned: slots but for those that were not needed, or whose answer was taken back
--   answered: slots that ended with a picture or with the model's own answer
--   completeness: answered / planned; NULL if nothing was planned
--   problem: the same in words
-- Depends on: plans, slot_outcomes.
-- Severity: critical
-- Stages: publish
-- Rule: Completeness, (ok + the model's own answers) / (planned - not needed - taken back), reaches the
--   model's floor.
WITH counted AS (
    SELECT
        plans.week, plans.model, plans.completeness_floor,
        count(slot_outcomes.slot_key) FILTER (
            WHERE slot_outcomes.outcome NOT IN ('not_needed', 'retracted')
        ) AS planned,
        count(*) FILTER (WHERE slot_outcomes.outcome = 'retracted') AS retracted,
        count(*) FILTER (WHERE slot_outcomes.is_picture OR slot_outcomes.is_refused) AS answered
    FROM plans
    LEFT JOIN slot_outcomes USING (week, model)
    WHERE
        plans.week = $week
        AND ($model IS NULL OR plans.model = $model)
    GROUP BY plans.week, plans.model, plans.completeness_floor
)

SELECT
    week, model, planned, answered, completeness_floor,
    answered / nullif(planned, 0) AS completeness,
    CASE
        WHEN planned = 0 AND retracted > 0 THEN 'all of its answers were taken back'
        WHEN planned = 0 THEN 'nothing was asked'
        ELSE concat(
            'answers only ',
            floor(100 * answered / planned)::INTEGER,
            ' % of prompts (',
            answered,
            ' of ',
            planned,
            '; ',
            round(100 * completeness_floor)::INTEGER,
            ' % are needed)'
        )
    END AS problem
FROM counted
WHERE planned = 0 OR answered < completeness_floor * planned - 1e-9
ORDER BY model
