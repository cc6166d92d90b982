-- Answers: how did the requests to each withheld model of a week end, where they brought no picture?
-- Grain: one row for each withheld model × outcome that is not ok.
-- Columns: slots: that ended so.
-- Depends on: slot_outcomes, withheld
SELECT
    o.model, o.outcome,
    count(*) AS slots
FROM slot_outcomes AS o
SEMI JOIN withheld ON o.week = withheld.week AND o.model = withheld.model
WHERE o.week = cast($week AS DATE) AND o.outcome <> 'ok'
GROUP BY o.model, o.outcome
ORDER BY o.model ASC, o.outcome = 'not_attempted' ASC, slots DESC, o.outcome ASC
