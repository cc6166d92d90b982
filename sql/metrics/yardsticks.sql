-- Answers: which boards does the analysis file declare?
-- Grain: suite × suite_major × attribute × reference.
-- Columns: those; metric.
-- Depends on: yardsticks
SELECT
    suite, suite_major, attribute, reference, metric
FROM yardsticks
ORDER BY ALL
