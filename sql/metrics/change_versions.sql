-- Answers: which version of itself did each service report in some weeks?
-- Grain: week, model; weeks in which none was reported are left out.
-- Columns: those, and content: all versions of the week, sorted.
-- Depends on: attempts
SELECT
    week, model,
    string_agg(DISTINCT model_reported, ', ' ORDER BY model_reported) AS content
FROM attempts
WHERE
    week BETWEEN $first AND $last
    AND list_contains($models, model)
    AND outcome = 'ok'
    AND model_reported IS NOT NULL
GROUP BY week, model
ORDER BY ALL
