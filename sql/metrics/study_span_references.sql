-- Answers: which shares do yardsticks expect of the prompts of a study?
-- Grain: attribute, yardstick, prompt (NULL: every prompt), value.
-- Columns: those; expected_share; side: male, female or neither, of the value whose share types the prompt.
--   Beside statistics, equal shares: of named values alone, since scores of a scale have no even hand.
-- Depends on: study_references, study_attribute_values
WITH even AS (
    SELECT
        attribute, value,
        count(*) OVER (PARTITION BY attribute) AS many
    FROM study_attribute_values
    WHERE study = $study AND in_support AND NOT coalesce(ordinal, FALSE)
)

SELECT
    attribute,
    reference AS yardstick,
    prompt, value, expected_share, side
FROM study_references
WHERE study = $study
UNION ALL
SELECT
    attribute,
    CASE many WHEN 2 THEN 'parity' ELSE 'uniform' END AS yardstick,
    NULL AS prompt,
    value,
    1 / many AS expected_share,
    NULL AS side
FROM even
ORDER BY ALL
