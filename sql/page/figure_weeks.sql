-- Answers: in which weeks has any of some models the last row with a figure on a board?
-- Grain: one row a week, up to the edition's.
-- Columns: week.
-- Depends on: window_scores, yardsticks, plans, withheld
WITH last_figures AS (
    SELECT max(windows.week) AS week
    FROM window_scores AS windows
    SEMI JOIN yardsticks USING (suite, suite_major, attribute, reference, metric)
    INNER JOIN plans USING (week, model)
    ANTI JOIN withheld USING (week, model)
    WHERE
        windows.week <= cast($week AS DATE) AND windows.model IN (SELECT unnest($models))
        AND windows.prompt IS NULL AND windows.value_name IS NULL AND windows.estimate IS NOT NULL
    GROUP BY
        windows.track, plans.simulated, windows.suite, windows.suite_major, windows.condition,
        windows.attribute, windows.reference, windows.model
)

SELECT DISTINCT week
FROM last_figures
ORDER BY week
