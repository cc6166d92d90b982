-- Answers: which models are withheld from which weeks up to a week, and why?
-- Grain: week, model.
-- Columns: reason: all of them.
-- Depends on: withheld
SELECT
    week, model,
    string_agg(reason, '; ' ORDER BY reason) AS reason
FROM withheld
WHERE week <= cast($week AS DATE)
GROUP BY week, model
ORDER BY week, model
