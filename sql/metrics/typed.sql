-- Answers: what does the statistic of the analysis file expect of each prompt of a suite?
-- Grain: model × suite × attribute × reference × prompt of the suite.
-- Columns: those; value whose share it has; expected (NULL: no row for the prompt); side (NULL: not typed).
-- Depends on: typed_subjects, prompts, reference_values
-- Uses: stated_shares
WITH statistics AS (
    SELECT DISTINCT
        suite, suite_major, attribute, value, reference
    FROM typed_subjects
)

SELECT
    prompts.week, prompts.model, prompts.suite, prompts.suite_major, statistics.attribute, statistics.value,
    prompts.prompt, statistics.reference, typed_subjects.side,
    stated.expected_share AS expected
FROM statistics
INNER JOIN prompts USING (suite, suite_major)
LEFT JOIN typed_subjects
    ON
        statistics.suite = typed_subjects.suite
        AND statistics.suite_major = typed_subjects.suite_major
        AND statistics.attribute = typed_subjects.attribute
        AND statistics.reference = typed_subjects.reference
        AND prompts.subject = typed_subjects.subject
LEFT JOIN stated
    ON
        prompts.week = stated.week
        AND prompts.model = stated.model
        AND prompts.suite = stated.suite
        AND prompts.suite_major = stated.suite_major
        AND prompts.prompt = stated.prompt
        AND statistics.attribute = stated.attribute
        AND statistics.reference = stated.reference
        AND statistics.value = stated.value
ORDER BY ALL
