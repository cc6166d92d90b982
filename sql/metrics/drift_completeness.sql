-- Answers: which share of its slots did each model answer in a week?
-- Grain: week × model × suite × suite_major × condition × turn.
-- Columns: those, and completeness.
-- Depends on: scores
SELECT
    week, model, suite, suite_major, condition, turn, estimate AS completeness
FROM scores
WHERE
    metric = 'completeness'
    AND prompt IS NULL
    AND estimate IS NOT NULL
    AND list_contains($models, model)
ORDER BY ALL
