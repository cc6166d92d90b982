-- Answers: which condition of a study are the others compared with?
-- Grain: study; no row, or NULL, where it is not stated.
-- Columns: baseline.
-- Depends on: studies
-- Files of earlier versions lack the column, so it is made where it is missing.
WITH stated AS (
    SELECT cast(NULL AS VARCHAR) AS baseline
    WHERE FALSE
    UNION ALL BY NAME
    FROM studies
)

SELECT baseline
FROM stated
WHERE study = $study
