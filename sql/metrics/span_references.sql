-- Answers: which shares do the declared yardsticks of a week expect?
-- Grain: suite, suite_major, attribute, yardstick, prompt (NULL: every prompt), value.
-- Columns: those; expected_share.
-- Depends on: yardsticks, reference_values
SELECT DISTINCT
    yardsticks.suite, yardsticks.suite_major, yardsticks.attribute,
    yardsticks.reference AS yardstick,
    reference_values.prompt, reference_values.value, reference_values.expected_share
FROM yardsticks
INNER JOIN reference_values USING (suite, suite_major, attribute, reference)
WHERE reference_values.week = cast($week AS DATE)
ORDER BY ALL
