-- Answers: which exact suites does the edition rest on?
-- Grain: one row for each suite × version × content hash.
-- Columns: suite, suite_version, suite_hash.
-- Depends on: prompts
SELECT DISTINCT
    suite, suite_version, suite_hash
FROM prompts
WHERE week <= cast($week AS DATE)
ORDER BY suite, suite_version, suite_hash
