-- Answers: which shares does each reference of one week expect?
-- Grain: model × suite × attribute × scale × reference × prompt (NULL: every prompt) × value.
-- Columns: those, and expected_share.
-- Depends on: reference_values
SELECT
    model, suite, suite_major, attribute,
    CASE WHEN banded THEN 'bands' ELSE 'values' END AS scale,
    reference, prompt, value, expected_share
FROM reference_values
WHERE week = cast($week AS DATE)
ORDER BY ALL
