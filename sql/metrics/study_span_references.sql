-- Answers: which shares do statistics expect of the prompts of a study?
-- Grain: attribute, yardstick, prompt, value.
-- Columns: those; expected_share; side: male, female or neither, of the value whose share types the prompt.
-- Depends on: study_references
SELECT
    attribute,
    reference AS yardstick,
    prompt, value, expected_share, side
FROM study_references
WHERE study = $study
ORDER BY ALL
