-- Answers: which steps have the scales of one week that are reported in bands?
-- Grain: model × suite × attribute × step.
-- Columns: those, and position in the declared order.
-- Depends on: attribute_values
SELECT
    model,
    suite,
    suite_major,
    attribute,
    value,
    position
FROM attribute_values
WHERE week = cast($week AS DATE) AND band IS NOT NULL AND in_support
ORDER BY ALL
