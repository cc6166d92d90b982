-- Answers: which questions did a rater answer more than once in a gold set?
-- Grain: gold_set, slot_key, attribute, rater; sets of the eight weeks that end with the week, which put
--   its figures right.
-- Columns: answers: how often.
-- Depends on: gold_labels.
-- Severity: critical
-- Stages: publish
-- Rule: A rater answers each question about a gold picture once.
-- Says: questions that a rater answered more than once
SELECT
    gold_set, week, model, slot_key, attribute, rater,
    count(*) AS answers
FROM gold_labels
WHERE
    week BETWEEN cast($week AS DATE) - 49 AND cast($week AS DATE)
    AND ($model IS NULL OR model = $model)
GROUP BY gold_set, week, model, slot_key, attribute, rater
HAVING count(*) > 1
