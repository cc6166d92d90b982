-- Answers: which labelers read each model's pictures?
-- Grain: one row for each model × labeler.
-- Columns: model, labeler.
-- Depends on: plans
SELECT DISTINCT
    model, labeler
FROM plans
WHERE week <= cast($week AS DATE) AND labeler IS NOT NULL
ORDER BY model, labeler
