-- Answers: which share of a value does a cited statistic expect in a prompt's pictures?
-- Grain: one row for each prompt × attribute × reference × value.
-- Depends on: reference_values, yardsticks, stereotype_pairs
WITH declared AS (
    SELECT
        suite, suite_major, attribute, reference
    FROM yardsticks
    UNION
    SELECT
        suite, suite_major, attribute,
        statistic AS reference
    FROM stereotype_pairs
    WHERE statistic IS NOT NULL
)

SELECT DISTINCT
    r.suite, r.suite_major, r.prompt, r.attribute, r.reference, r.value, r.expected_share, r.source
FROM reference_values AS r
SEMI JOIN declared USING (suite, suite_major, attribute, reference)
WHERE r.week = cast($week AS DATE) AND r.prompt IS NOT NULL AND r.source IS NOT NULL
ORDER BY r.suite, r.prompt, r.attribute, r.reference, r.value, r.expected_share
