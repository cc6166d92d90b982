-- Answers: how many requests were sent to each model in some weeks, and how did they end?
-- Grain: one row for each week × model; none of a model's week that is withheld.
-- Columns: requests: slots that were planned, without turns that were not needed; refused: the model's own
--   answers without a picture.
-- Weeks: own
-- Depends on: slot_outcomes, withheld
SELECT
    o.week, o.model,
    count(*) FILTER (WHERE o.outcome <> 'not_needed') AS requests,
    count(*) FILTER (WHERE o.is_picture) AS pictures,
    count(*) FILTER (WHERE o.is_refused) AS refused
FROM slot_outcomes AS o
ANTI JOIN withheld ON o.week = withheld.week AND o.model = withheld.model
GROUP BY o.week, o.model
ORDER BY o.week, o.model
