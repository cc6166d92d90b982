-- Answers: what is known of ranks, whichever version made the edition? First step of the statements of ranks
--   and pairs that unseen answers could turn.
-- Grain: of known: that of ranks.
-- Columns: those of ranks; NULL where editions of before have no such column.
-- Depends on: ranks
WITH known AS (
    SELECT *
    FROM ranks
    UNION ALL BY NAME
    SELECT
        cast(NULL AS VARCHAR) AS unseen_value,
        cast(NULL AS DOUBLE) AS unseen_correlation,
        cast(NULL AS DOUBLE) AS unseen_p_value
    WHERE FALSE
)

SELECT model FROM known
