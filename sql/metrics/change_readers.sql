-- Answers: which labelers read pictures of a model in a week?
-- Grain: week, model, labeler, labeler_version.
-- Columns: those.
-- Depends on: counts
SELECT DISTINCT
    week, model, labeler, labeler_version
FROM counts
WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
ORDER BY ALL
