-- Answers: which checks did the publish of one week make, and what did they find?
-- Grain: one row for each check × model that it names; model is NULL where it names none.
-- Columns: check_name, model, severity, status, message.
-- Depends on: check_results
SELECT
    check_name, model, severity, status, message
FROM check_results
WHERE week = cast($week AS DATE)
ORDER BY severity, check_name, model
