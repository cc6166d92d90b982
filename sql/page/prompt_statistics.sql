-- Answers: which share of a value does a cited statistic expect in a prompt's pictures?
-- Grain: one row for each prompt × attribute × reference × value.
-- Depends on: reference_values
SELECT DISTINCT
    suite, suite_major, prompt, attribute, reference, value, expected_share
FROM reference_values
WHERE week = cast($week AS DATE) AND prompt IS NOT NULL AND source IS NOT NULL
ORDER BY suite, prompt, attribute, reference, value, expected_share
