-- Answers: Which pairs of models of a board are told apart, and which ranks follow? Steps of the audit
--   queries of ranks, of weeks and of studies: made from boards (of rank_judged) and from their part ends
--   (of distance_pairs or stereotype_pairs).
-- Grain: of told_apart: board, model, other: both orders; other is NULL for a model without a rank.
-- Columns: of told_apart: ranks, bounds and differences of the queries.
-- Depends on:
WITH
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
        mine.board, mine.model, mine.other, mine.m, mine.g, mine.still,
        mine.d - theirs.d AS difference,
        mine.d - theirs.d
        - sqrt(pow(mine.d - mine.low, 2) + pow(greatest(theirs.high - theirs.d, 0), 2)) AS low,
        mine.d - theirs.d
        + sqrt(pow(greatest(mine.high - mine.d, 0), 2) + pow(theirs.d - theirs.low, 2)) AS high
    FROM wide AS mine
    INNER JOIN wide AS theirs
        ON
            mine.board = theirs.board
            AND mine.still = theirs.still
            AND mine.model = theirs.other
            AND mine.other = theirs.model
),

-- at each level, not narrower than the pair's own interval
adjusted AS (
    SELECT
        differences.board,
        differences.model,
        differences.other,
        differences.m AS common,
        differences.g,
        differences.still,
        differences.difference,
        any_value(low) FILTER (WHERE differences.still = 0) OVER own_pair AS low,
        any_value(high) FILTER (WHERE differences.still = 0) OVER own_pair AS high,
        least(differences.low, any_value(differences.low) FILTER (WHERE differences.still = 0) OVER own_pair)
            AS adjusted_low,
        greatest(
            differences.high, any_value(differences.high) FILTER (WHERE differences.still = 0) OVER own_pair
        )
            AS adjusted_high
    FROM differences
    WINDOW own_pair AS (PARTITION BY board, model, other)
),

-- Holm: the first level at which no more pairs are told apart than were before
reached AS (
    SELECT
        board,
        coalesce(max(still) FILTER (WHERE told <= g * (g - 1) // 2 - still), 1) AS still
    FROM (
        SELECT
            board, g, still,
            count(*) FILTER (WHERE adjusted_low > 0) AS told
        FROM adjusted
        WHERE still > 0
        GROUP BY ALL
    ) AS steps
    GROUP BY ALL
),

pairs AS (
    SELECT adjusted.*
    FROM adjusted
    INNER JOIN reached USING (board, still)
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
