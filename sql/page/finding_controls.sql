-- Answers: which prompt shows whether a finding is of a prompt's group alone?
-- Grain: one row for each prompt with a control.
-- Depends on: controls
SELECT
    suite, suite_major, prompt, control
FROM controls
ORDER BY suite, suite_major, prompt
