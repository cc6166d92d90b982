-- Answers: which condition of a study are the others compared with?
-- Grain: study; no row, or NULL, where it is not stated.
-- Columns: baseline.
-- Depends on: studies
WITH stated AS (
    -- the column is made where the file of an earlier version lacks it
    SELECT cast(NULL AS VARCHAR) AS baseline
    WHERE FALSE
    UNION ALL BY NAME
    FROM studies
)

SELECT baseline
FROM stated
WHERE study = $study
