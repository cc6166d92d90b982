-- Answers: what do the boards of declared stereotypes count?
-- Grain: suite × attribute × value × subject.
-- Columns: those.
-- Depends on: stereotype_pairs
SELECT
    suite, suite_major, attribute, value, subject
FROM stereotype_pairs
WHERE statistic IS NULL AND $week IS NOT NULL
ORDER BY ALL
