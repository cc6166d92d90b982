-- Answers: which models were withheld in which weeks?
-- Grain: week × model.
-- Columns: those.
-- Depends on: withheld
SELECT DISTINCT
    week, model
FROM withheld
ORDER BY week, model
