-- Answers: which models are withheld from the edition of this week?
-- Grain: one row per model.
-- Columns: model.
-- Depends on: withheld
SELECT DISTINCT model
FROM withheld
WHERE week = cast($week AS DATE)
ORDER BY model
