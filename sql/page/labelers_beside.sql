-- Answers: which labelers read an attribute beside the one that the plan names, and in which weeks?
-- Grain: one row for each attribute × labeler × version.
-- Columns: first_week and last_week bound the weeks in which it was used.
-- Depends on: scores, plans
WITH figures AS (
    SELECT *
    FROM scores
    -- editions of before have no such column
    UNION ALL BY NAME
    SELECT cast(NULL AS VARCHAR) AS labeler
    WHERE FALSE
)

SELECT
    figures.attribute, figures.labeler, figures.labeler_version,
    min(figures.week) AS first_week,
    max(figures.week) AS last_week
FROM figures
INNER JOIN plans USING (week, model)
WHERE
    figures.week <= cast($week AS DATE) AND figures.metric = 'assessed_rate' AND figures.prompt IS NULL
    AND figures.labeler IS DISTINCT FROM plans.labeler AND figures.estimate > 0
GROUP BY figures.attribute, figures.labeler, figures.labeler_version
ORDER BY figures.attribute, first_week, figures.labeler, figures.labeler_version
