-- Answers: in which week did each of some models last make a picture, up to the edition's week?
-- Grain: one row for each model × suite × condition.
-- Columns: week.
-- Depends on: scores
SELECT
    model, suite, suite_major, condition,
    max(week) AS week
FROM scores
WHERE
    week <= cast($week AS DATE) AND metric = 'pictures' AND prompt IS NULL AND estimate > 0
    AND model IN (SELECT unnest($models)) AND (condition = 'confronted') = (turn > 1)
GROUP BY model, suite, suite_major, condition
ORDER BY model, suite, suite_major, condition
