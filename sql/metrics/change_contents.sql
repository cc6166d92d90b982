-- Answers: which content did suites have in plans of some weeks?
-- Grain: week, model, suite, suite_major.
-- Columns: those, and content: hash of the suite.
-- Depends on: prompts
SELECT
    week, model, suite, suite_major,
    min(suite_hash) AS content
FROM prompts
WHERE week BETWEEN $first AND $last AND list_contains($models, model)
GROUP BY week, model, suite, suite_major
ORDER BY ALL
