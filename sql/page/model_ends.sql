-- Answers: how did the requests to each model end in some weeks?
-- Grain: one row for each week × model × outcome; none of a model's week that is withheld.
-- Columns: slots: that ended so.
-- Weeks: own
-- Depends on: slot_outcomes, withheld
SELECT
    o.week, o.model, o.outcome, o.outcome_group,
    count(*) AS slots
FROM slot_outcomes AS o
ANTI JOIN withheld ON o.week = withheld.week AND o.model = withheld.model
GROUP BY o.week, o.model, o.outcome, o.outcome_group
ORDER BY o.week, o.model, o.outcome
