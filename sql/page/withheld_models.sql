-- Answers: which models are withheld from the edition of a week, and why?
-- Grain: one row for each model.
-- Columns: reason: all of them.
-- Depends on: withheld
SELECT
    model,
    string_agg(reason, '; ' ORDER BY reason) AS reason
FROM withheld
WHERE week = cast($week AS DATE)
GROUP BY model
ORDER BY model
