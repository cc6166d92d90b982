-- Answers: which shares does each reference of the plans expect?
-- Grain: model × suite × attribute × scale × reference × prompt (NULL: every) × value.
-- Columns: those; expected_share.
-- Depends on: reference_values
SELECT
    week, model, suite, suite_major, attribute,
    CASE WHEN banded THEN 'bands' ELSE 'values' END AS scale,
    reference, prompt, value, expected_share
FROM reference_values
ORDER BY ALL
