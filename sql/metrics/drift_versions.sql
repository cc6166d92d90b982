-- Answers: which version of itself did each service report in a week?
-- Grain: week × model; weeks in which none was reported are left out.
-- Columns: those, and content: all versions of the week, sorted.
-- Depends on: attempts
SELECT
    week, model,
    string_agg(DISTINCT model_reported, ', ' ORDER BY model_reported) AS content
FROM attempts
WHERE outcome = 'ok' AND model_reported IS NOT NULL AND list_contains($models, model)
GROUP BY week, model
ORDER BY ALL
