-- Answers: which stereotypes are declared of a suite, whose base is 0?
-- Grain: suite, suite_major, attribute, value, subject.
-- Columns: those.
-- Depends on: stereotype_pairs
SELECT
    suite, suite_major, attribute, value, subject
FROM stereotype_pairs
WHERE statistic IS NULL
ORDER BY ALL
