-- Answers: in which weeks has anybody the last row of a board, or the last one with a figure?
-- Grain: one row a week, up to the edition's.
-- Columns: week.
-- Depends on: scores, yardsticks, plans, withheld
WITH last_rows AS (
    SELECT
        max(scores.week) AS told,
        max(scores.week) FILTER (WHERE scores.estimate IS NOT NULL AND withheld.week IS NULL) AS with_figure
    FROM scores
    SEMI JOIN yardsticks USING (suite, suite_major, attribute, reference, metric)
    INNER JOIN plans USING (week, model)
    LEFT JOIN withheld USING (week, model)
    WHERE scores.week <= cast($week AS DATE) AND scores.prompt IS NULL AND scores.value_name IS NULL
    GROUP BY
        scores.track, plans.simulated, scores.suite, scores.suite_major, scores.condition, scores.attribute,
        scores.reference, scores.model
)

SELECT told AS week FROM last_rows
UNION
SELECT with_figure AS week FROM last_rows
WHERE with_figure IS NOT NULL
ORDER BY week
