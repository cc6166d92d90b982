-- Answers: which shares does each reference of some plans expect?
-- Grain: plan × suite × attribute × scale × reference × prompt (NULL: every) × value;
--   of plans that are alike one, $partitions (metrics/plans).
-- Columns: plan, its number; those; expected_share.
-- Depends on: reference_values
SELECT
    list_position(cast($partitions AS UBIGINT[]), hash(week, model)) AS plan,
    suite, suite_major, attribute,
    CASE WHEN banded THEN 'bands' ELSE 'values' END AS scale,
    reference, prompt, value, expected_share
FROM reference_values
WHERE
    week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
    AND list_contains(cast($partitions AS UBIGINT[]), hash(week, model))
ORDER BY ALL
