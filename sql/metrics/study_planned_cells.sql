-- Answers: how many prompts has each condition of a study?
-- Grain: condition.
-- Columns: condition, planned_cells.
-- Depends on: study_prompts
SELECT
    condition,
    count(DISTINCT prompt) AS planned_cells
FROM study_prompts
WHERE study = $study
GROUP BY condition
