-- Answers: How much more do weeks differ than pictures explain? Steps of the audit queries that compute standard errors;
--   they need weekly: board, unit, back, u, e (a model's, pair's or list's weekly deviation and its square if
--   pictures were independent).
-- Grain: dispersed: board, unit.
-- Columns: dispersion as used; free: degrees of freedom of the board.
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
        count(*) - 1 AS df,
        (df + 1) / nullif(df, 0) / sum(e) AS per,
        sum(u * u) * per AS own,
        sum(product) * per AS lagged
    FROM stepped
    GROUP BY board, unit
),

-- of one week own is NULL: the board's counts
middles AS (
    SELECT
        board,
        sum(df) AS free,
        -- a chi-square's median over its mean
        median(own / (1 - 2 / (9 * greatest(df, 1))) ^ 3) AS middle,
        coalesce(least(greatest(median(lagged / greatest(own, 1e-12)), 0), 0.6), 0) AS r
    FROM scattered
    GROUP BY board
),

dispersed AS (
    SELECT
        scattered.board, scattered.unit, middles.free,
        greatest(1, middles.middle, scattered.own) * (1 + middles.r) / (1 - middles.r) AS dispersion
    FROM scattered
    INNER JOIN middles USING (board)
)

SELECT * FROM dispersed
