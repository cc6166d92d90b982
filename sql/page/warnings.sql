-- Answers: which warnings of one week name a model?
-- Grain: one row for each model × check.
-- Columns: model, check_name.
-- Depends on: check_results
SELECT DISTINCT
    model, check_name
FROM check_results
WHERE week = cast($week AS DATE) AND severity = 'warning' AND status = 'fail' AND model IS NOT NULL
ORDER BY model, check_name
