-- Answers: which selections of a suite's prompts are declared?
-- Grain: suite, suite_major, attribute, value, selection, subject.
-- Columns: those; selection: mostly-men or mostly-women, by a statistic.
-- Depends on: typed_subjects
SELECT DISTINCT
    suite, suite_major, attribute, value,
    CASE side WHEN 'male' THEN 'mostly-men' ELSE 'mostly-women' END AS selection,
    subject
FROM typed_subjects
ORDER BY ALL
