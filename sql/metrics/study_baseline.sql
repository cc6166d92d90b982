-- Answers: which condition of a study are the others compared with?
-- Grain: study; no row, or NULL, where it is not stated.
-- Columns: baseline.
-- Depends on: studies
SELECT baseline
FROM studies
WHERE study = $study
