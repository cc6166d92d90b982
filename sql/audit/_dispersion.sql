-- Answers: Which dispersion of weeks do standard errors use? Steps of the audit queries that compute
--   them; they need scattered: board, unit, own (squares of weekly deviations over what pictures
--   explain), lagged (products with the week before, likewise) and df.
-- Grain: dispersed: board, unit.
-- Columns: dispersion as used; free: degrees of freedom of the board.
-- Depends on: the tables of the text before
WITH
-- of one week own is NULL: the board's counts
middles AS (
    SELECT
        board,
        sum(df) AS free,
        -- a chi-square's median over its mean
        median(own / (1 - 2 / (9 * greatest(df, 1))) ^ 3) AS middle_dispersion,
        coalesce(least(greatest(median(lagged / greatest(own, 1e-12)), 0), 0.6), 0) AS r,
        greatest(1, middle_dispersion) * (1 + r) / (1 - r) AS least_dispersion
    FROM scattered
    GROUP BY board
),

dispersed AS (
    SELECT
        scattered.board, scattered.unit, middles.free,
        greatest(1, middles.middle_dispersion, scattered.own)
        * (1 + middles.r)
        / (1 - middles.r) AS dispersion
    FROM scattered
    INNER JOIN middles USING (board)
)

SELECT * FROM dispersed
