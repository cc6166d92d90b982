-- Answers: How far from the reference are two models of a board on the prompts that they have in common?
--   Steps of the audit queries of ranks, of weeks and of studies, after rank_cells and rank_judged.
-- Grain: of distance_ends: board, model, other, together: for one pair by itself, or for all of the
--   board.
-- Columns: of distance_ends: m prompts, d, low, high without scatter, z, added, freedom.
-- Depends on:
WITH
-- the sums of model's terms over the cells that it has in common with other
sums AS (
    SELECT
        a.board, a.model, b.model AS other, a.z_all, a.added, a.freedom,
        count(*) AS m,
        avg(mine.d) AS d,
        sum(
            CASE WHEN mine.r >= 4 THEN mine.unbiased ELSE mine.growing + mine.at_zero END
        ) AS unbiased,
        sum(mine.growing + mine.at_zero) AS plug_in,
        sum(mine.at_zero) AS at_zero,
        sum(mine.plain) AS plain,
        sum(mine.slope) AS slope,
        avg(mine.largest) AS largest
    FROM ranked AS a
    INNER JOIN ranked AS b
        ON
            a.board = b.board
            AND a.model <> b.model
    INNER JOIN board_cells AS mine
        ON
            a.board = mine.board
            AND a.model = mine.model
            AND mine.n >= mine.compared_from
    INNER JOIN board_cells AS theirs
        ON
            mine.board = theirs.board
            AND mine.prompt = theirs.prompt
            AND b.model = theirs.model
            AND theirs.n >= theirs.compared_from
    GROUP BY ALL
),

-- the hull of Wald and score intervals, for one pair by itself and for all pairs together
hulls AS (
    SELECT
        *,
        greatest(unbiased, plug_in, 0) AS variance,
        at_zero / m / m AS b,
        greatest(
            CASE
                WHEN plain > 0.5e-9 THEN (greatest(unbiased, plug_in, 0) - at_zero) / plain
                ELSE slope / m
            END,
            0
        ) / m AS a,
        unnest([FALSE, TRUE]) AS together,
        unnest([1.959963984540054, z_all]) AS z
    FROM sums
),

distance_ends AS (
    SELECT
        *,
        least(
            d + z * z * a / 2 - sqrt(greatest(pow(2 * d + z * z * a, 2) - 4 * (d * d - z * z * b), 0)) / 2,
            d - z * sqrt(variance) / m
        ) AS low,
        least(
            greatest(
                d
                + z * z * a / 2
                + sqrt(greatest(pow(2 * d + z * z * a, 2) - 4 * (d * d - z * z * b), 0)) / 2,
                0,
                d + z * sqrt(variance) / m
            ),
            largest
        ) AS high
    FROM hulls
)

SELECT * FROM distance_ends
