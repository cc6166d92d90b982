-- Answers: in which weeks has anybody the last row of a board, or the last one with a figure?
-- Grain: one row a week, up to the edition's.
-- Columns: week.
-- Depends on: plan_scores, window_scores, yardsticks, plans, withheld
WITH last_rows AS (
    SELECT max(scores.week) AS week
    FROM plan_scores AS scores
    SEMI JOIN yardsticks USING (suite, suite_major, attribute, reference, metric)
    INNER JOIN plans USING (week, model)
    WHERE scores.week <= cast($week AS DATE) AND scores.prompt IS NULL AND scores.value_name IS NULL
    GROUP BY
        scores.track, plans.simulated, scores.suite, scores.suite_major, scores.condition, scores.attribute,
        scores.reference, scores.model
),

last_figures AS (
    SELECT max(windows.week) AS week
    FROM window_scores AS windows
    SEMI JOIN yardsticks USING (suite, suite_major, attribute, reference, metric)
    INNER JOIN plans USING (week, model)
    ANTI JOIN withheld USING (week, model)
    WHERE
        windows.week <= cast($week AS DATE) AND windows.prompt IS NULL AND windows.value_name IS NULL
        AND windows.estimate IS NOT NULL
    GROUP BY
        windows.track, plans.simulated, windows.suite, windows.suite_major, windows.condition,
        windows.attribute, windows.reference, windows.model
)

SELECT week FROM last_rows
UNION
SELECT week FROM last_figures
ORDER BY week
