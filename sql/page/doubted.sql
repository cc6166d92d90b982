-- Answers: of which models are labels of an attribute not reliable in one week?
-- Grain: one row for each model × attribute.
-- Columns: model, attribute.
-- Weeks: earlier
-- Depends on: plans, reliability
SELECT DISTINCT
    plans.model, reliability.attribute
FROM reliability
INNER JOIN plans USING (week, labeler)
WHERE reliability.week = cast($week AS DATE) AND NOT reliability.reliable
ORDER BY plans.model, reliability.attribute
