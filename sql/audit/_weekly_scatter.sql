-- Answers: How far do weeks lie from their mean, over what pictures explain? Steps of the audit queries
--   that compute standard errors; they need weekly: board, unit, back, u, e (a model's, pair's or list's
--   weekly deviation, and its square if pictures were independent).
-- Grain: scattered: board, unit.
-- Columns: own: squares of deviations over their expectation; lagged: products with the week before,
--   likewise; df.
-- Depends on: the tables of the text before
WITH
stepped AS (
    SELECT
        board, unit, back, u, e,
        CASE WHEN lag(back) OVER weeks = back + 1 THEN u * lag(u) OVER weeks ELSE 0 END AS product
    FROM weekly
    WINDOW weeks AS (PARTITION BY board, unit ORDER BY back DESC)
),

scattered AS (
    SELECT
        board, unit,
        -- weeks of which nothing could be expected say nothing
        greatest(count(*) FILTER (WHERE e > 0) - 1, 0) AS df,
        (df + 1) / nullif(df, 0) / sum(e) AS per,
        sum(u * u) * per AS own,
        sum(product) * per AS lagged
    FROM stepped
    GROUP BY board, unit
)

SELECT * FROM scattered
