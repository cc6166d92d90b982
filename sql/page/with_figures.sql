-- Answers: which models have any figure in the four weeks that end with a week?
-- Grain: model.
-- Columns: model.
-- Depends on: figures
SELECT DISTINCT model
FROM figures
WHERE week = cast($week AS DATE) AND estimate IS NOT NULL
ORDER BY model
