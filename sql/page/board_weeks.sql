-- Answers: in which weeks has anybody the last row of a board?
-- Grain: one row a week, up to the edition's.
-- Columns: week.
-- Depends on: ranks, yardsticks
WITH last_rows AS (
    SELECT max(ranks.week) AS week
    FROM ranks
    SEMI JOIN yardsticks USING (suite, suite_major, attribute, reference)
    WHERE ranks.week <= cast($week AS DATE)
    GROUP BY
        ranks.track, ranks.simulated, ranks.suite, ranks.suite_major, ranks.condition, ranks.attribute,
        ranks.reference, ranks.model
)

SELECT DISTINCT week
FROM last_rows
ORDER BY week
