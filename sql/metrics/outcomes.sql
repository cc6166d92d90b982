-- Answers: which outcomes are there?
-- Grain: outcome; place, from 1, is that of metrics/ends.
-- Columns: outcome, outcome_group, place.
-- Depends on: outcomes
SELECT
    outcome, outcome_group,
    row_number() OVER (ORDER BY outcome) AS place
FROM outcomes
ORDER BY place
