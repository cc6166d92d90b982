-- Answers: which labelers read each model's pictures?
-- Grain: one row for each model × labeler.
-- Columns: model, labeler.
-- Depends on: cell_counts
SELECT DISTINCT
    model, labeler
FROM cell_counts
WHERE week <= cast($week AS DATE) AND labeler IS NOT NULL
ORDER BY model, labeler
