-- Answers: which content did each suite have in each model's plan of a week?
-- Grain: week × model × suite × suite_major.
-- Columns: those, and suite_hash.
-- Depends on: prompts
SELECT
    week, model, suite, suite_major,
    min(suite_hash) AS content
FROM prompts
WHERE list_contains($models, model)
GROUP BY week, model, suite, suite_major
ORDER BY ALL
