-- Answers: which version of each suite was asked, in which weeks?
-- Grain: one row for each suite × version.
-- Columns: first_week and last_week bound the weeks in which it was asked.
-- Depends on: prompts
SELECT
    suite, suite_version,
    min(week) AS first_week,
    max(week) AS last_week
FROM prompts
WHERE week <= cast($week AS DATE)
GROUP BY suite, suite_version
ORDER BY suite, first_week, suite_version
