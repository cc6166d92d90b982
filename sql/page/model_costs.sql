-- Answers: what did the calls to each model cost in some weeks?
-- Grain: one row for each week × model; none of a model's week that is withheld.
-- Columns: usd: the sum of what is known; unknown: pictures whose cost is not; pictures: of all
--   calls.
-- Weeks: own
-- Depends on: attempts, withheld
SELECT
    a.week, a.model,
    sum(a.cost_usd) AS usd,
    count(*) FILTER (WHERE a.cost_usd IS NULL AND a.outcome = 'ok') AS unknown,
    count(*) FILTER (WHERE a.outcome = 'ok') AS pictures
FROM attempts AS a
ANTI JOIN withheld ON a.week = withheld.week AND a.model = withheld.model
GROUP BY a.week, a.model
ORDER BY a.week, a.model
