-- Answers: which shares does each reference of some weeks expect?
-- Grain: model × suite × attribute × scale × reference × prompt (NULL: every prompt) × value.
-- Columns: those, and expected_share.
-- Depends on: reference_values
SELECT
    week,
    model,
    suite,
    suite_major,
    attribute,
    CASE WHEN banded THEN 'bands' ELSE 'values' END AS scale,
    reference,
    prompt,
    value,
    expected_share
FROM reference_values
WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
ORDER BY ALL
