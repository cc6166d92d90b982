-- Answers: in which half of the statistic of the analysis file is each prompt of a suite?
-- Grain: model × suite × attribute × reference × prompt of the suite.
-- Columns: those; value whose share it has; side (NULL: not typed).
-- Depends on: typed_subjects, prompts
WITH statistics AS (
    SELECT DISTINCT
        suite, suite_major, attribute, value, reference
    FROM typed_subjects
)

SELECT
    prompts.week, prompts.model, prompts.suite, prompts.suite_major, statistics.attribute, statistics.value,
    prompts.prompt, statistics.reference, typed_subjects.side
FROM statistics
INNER JOIN prompts USING (suite, suite_major)
LEFT JOIN typed_subjects
    ON
        statistics.suite = typed_subjects.suite
        AND statistics.suite_major = typed_subjects.suite_major
        AND statistics.attribute = typed_subjects.attribute
        AND statistics.reference = typed_subjects.reference
        AND prompts.subject = typed_subjects.subject
ORDER BY ALL
