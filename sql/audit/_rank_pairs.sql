-- Answers: Which pairs of models of a board are told apart? Steps of the audit queries of ranks, of weeks and
--   of studies: made from board_cells (of rank_cells) and from their part boards (board, model, what seated
--   says of it; fit: whether it can be ranked; g: how many can; added: variance that scatter adds;
--   freedom: its degrees of freedom, NULL: the normal quantile).
-- Grain: of told_apart: board, model, other: both orders; other is NULL for a model without a rank.
-- Columns: of told_apart: ranks, bounds and differences of the two queries.
-- Depends on:
WITH RECURSIVE
-- Newton's method from 0 for the z beyond which lies 0.025 / pairs of a normal distribution
newton AS (
    SELECT DISTINCT
        g,
        0 AS step,
        cast(0 AS DOUBLE) AS z
    FROM boards
    WHERE g > 1
    UNION ALL
    SELECT
        g,
        step + 1 AS step,
        z + sqrt(2 * pi()) * exp(z * z / 2) * (0.5 - 0.05 / (g * (g - 1)))
        - sqrt(pi() / 2) * list_sum(
            list_transform(range(0, 120), LAMBDA i: pow(z / sqrt(2), 2 * i + 1) / gamma(i + 1.5))
        ) AS z
    FROM newton
    WHERE step < 60
),

ranked AS (
    SELECT
        boards.*,
        newton.z AS z_all
    FROM boards
    INNER JOIN newton ON boards.g = newton.g AND newton.step = 60
    WHERE boards.fit
),

-- the sums of model's terms over the cells that it has in common with other
sums AS (
    SELECT
        a.board, a.model, b.model AS other, a.z_all, a.added, a.freedom,
        count(*) AS m,
        avg(mine.d) AS d,
        sum(
            CASE WHEN mine.n >= 4 THEN mine.unbiased ELSE mine.growing + mine.at_zero END
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

ends AS (
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
),

-- scatter from week to week, by Student's quantile (Abramowitz & Stegun 26.7.5); none of a study
wide_times AS (
    SELECT
        *,
        CASE
            WHEN freedom IS NULL THEN 1
            ELSE
                (
                    z + (pow(z, 3) + z) / 4 / freedom
                    + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / 96 / pow(freedom, 2)
                    + (3 * pow(z, 7) + 19 * pow(z, 5) + 17 * pow(z, 3) - 15 * z) / 384 / pow(freedom, 3)
                    + (79 * pow(z, 9) + 776 * pow(z, 7) + 1482 * pow(z, 5) - 1920 * pow(z, 3) - 945 * z)
                    / 92160 / pow(freedom, 4)
                ) / z
        END AS times
    FROM ends
),

wide AS (
    SELECT
        * EXCLUDE (low, high),
        d - times * sqrt(pow(d - low, 2) + z * z * added) AS low,
        d + times * sqrt(pow(high - d, 2) + z * z * added) AS high
    FROM wide_times
),

-- each end joins those of the two
differences AS (
    SELECT
        mine.board, mine.model, mine.other, mine.m, mine.together,
        mine.d - theirs.d AS difference,
        mine.d - theirs.d
        - sqrt(pow(mine.d - mine.low, 2) + pow(greatest(theirs.high - theirs.d, 0), 2)) AS low,
        mine.d - theirs.d
        + sqrt(pow(greatest(mine.high - mine.d, 0), 2) + pow(theirs.d - theirs.low, 2)) AS high
    FROM wide AS mine
    INNER JOIN wide AS theirs
        ON
            mine.board = theirs.board
            AND mine.together = theirs.together
            AND mine.model = theirs.other
            AND mine.other = theirs.model
),

pairs AS (
    SELECT
        board, model, other, m AS common,
        any_value(difference) AS difference,
        any_value(low) FILTER (WHERE NOT together) AS low,
        any_value(high) FILTER (WHERE NOT together) AS high,
        any_value(low) FILTER (WHERE together) AS adjusted_low,
        any_value(high) FILTER (WHERE together) AS adjusted_high
    FROM differences
    GROUP BY ALL
),

told_apart AS (
    SELECT
        boards.board, boards.model, pairs.other,
        CASE
            WHEN boards.fit AND boards.g > 1 THEN 1 + count(*) FILTER (WHERE pairs.adjusted_low > 0) OVER own
        END AS rank_low,
        CASE
            WHEN boards.fit AND boards.g > 1
                THEN boards.g - count(*) FILTER (WHERE pairs.adjusted_high < 0) OVER own
        END AS rank_high,
        CASE WHEN boards.fit AND boards.g > 1 THEN boards.g END AS ranked_of,
        boards.cells, boards.planned_cells,
        -- what rounding leaves of 0 is 0, and NULL stays NULL
        CASE WHEN boards.bound_low > 1e-7 THEN boards.bound_low ELSE 0 * boards.bound_low END AS bound_low,
        CASE WHEN boards.bound_high > 1e-7 THEN boards.bound_high ELSE 0 * boards.bound_high END
            AS bound_high,
        pairs.common, pairs.difference, pairs.low, pairs.high, pairs.adjusted_low, pairs.adjusted_high
    FROM boards
    LEFT JOIN pairs USING (board, model)
    WINDOW own AS (PARTITION BY boards.board, boards.model)
)

SELECT * FROM told_apart
