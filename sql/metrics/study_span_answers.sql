-- Answers: how did the answers of a study end?
-- Grain: model, condition, prompt.
-- Columns: as span_answers.
-- Depends on: answers
SELECT
    model, suite, suite_major, condition, turn, prompt,
    0 AS back,
    planned, pictures, refused
FROM answers
WHERE study = $study
ORDER BY ALL
