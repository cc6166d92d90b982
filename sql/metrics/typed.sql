-- Answers: what does the statistic of the analysis file expect of each prompt of a suite?
-- Grain: model × suite × attribute × reference × prompt of the suite.
-- Columns: those; value whose share it has; expected (NULL: no row for the prompt); side (NULL: not typed).
-- Depends on: typed_subjects, prompts, reference_values
WITH statistics AS (
    SELECT DISTINCT
        suite, suite_major, attribute, value, reference
    FROM typed_subjects
),

stated AS (
    SELECT
        prompts.week, prompts.model, prompts.suite, prompts.suite_major, prompts.prompt,
        reference_values.attribute, reference_values.reference, reference_values.value,
        reference_values.expected_share
    FROM prompts
    INNER JOIN reference_values
        ON
            prompts.week = reference_values.week
            AND prompts.model = reference_values.model
            AND prompts.suite = reference_values.suite
            AND prompts.suite_major = reference_values.suite_major
            AND prompts.prompt = coalesce(reference_values.prompt, prompts.prompt)
    -- a row for the prompt wins over one for every prompt
    QUALIFY
        reference_values.prompt IS NOT NULL
        OR NOT bool_or(reference_values.prompt IS NOT NULL) OVER (
            PARTITION BY
                prompts.week, prompts.model, prompts.suite, prompts.suite_major, prompts.prompt,
                reference_values.attribute, reference_values.reference
        )
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
