-- Answers: in which weeks between two that were asked was nobody asked, or a model not?
-- Grain: one row for each run of such weeks × model; of weeks in which nobody was asked one without a model.
-- Columns: first_week, last_week: of the run.
-- Depends on: plans
WITH asked AS (
    SELECT
        model, week
    FROM plans
    WHERE week <= cast($week AS DATE)

    UNION ALL

    SELECT DISTINCT
        cast(NULL AS VARCHAR) AS model, week
    FROM plans
    WHERE week <= cast($week AS DATE)
),

runs AS (
    SELECT
        model,
        cast(lag(week) OVER (PARTITION BY model ORDER BY week) + INTERVAL 7 DAY AS DATE) AS first_week,
        cast(week - INTERVAL 7 DAY AS DATE) AS last_week
    FROM asked
)

SELECT
    model, first_week, last_week
FROM runs
WHERE
    first_week <= last_week
    AND (
        model IS NULL
        OR EXISTS (
            SELECT others.week
            FROM asked AS others
            WHERE others.week BETWEEN runs.first_week AND runs.last_week
        )
    )
ORDER BY first_week, model NULLS FIRST
