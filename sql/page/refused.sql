-- Answers: how many slots did each model refuse in one week, of those that it answered?
-- Grain: one row for each model × suite × condition.
-- Columns: refused (the model's own answers without a picture), answered (pictures + refused), pictures.
-- Weeks: own
-- Depends on: slot_outcomes
SELECT
    week, model, suite, suite_major, condition,
    count(*) FILTER (WHERE is_refused) AS refused,
    count(*) FILTER (WHERE is_picture OR is_refused) AS answered,
    count(*) FILTER (WHERE is_picture) AS pictures
FROM slot_outcomes
WHERE week = cast($week AS DATE) AND (condition = 'confronted') = (turn > 1)
GROUP BY week, model, suite, suite_major, condition
ORDER BY week, model, suite, suite_major, condition
