-- Answers: Which models of a board can be ranked, and at which levels are they tested? Steps of the audit
--   queries of ranks, of weeks and of studies: made from their part models (board, model,
--   labeler_version; hidden, told; enough: whether it has enough prompts; added: variance that scatter
--   adds; freedom: its degrees of freedom, NULL: the normal quantile).
-- Grain: of boards: board, model; of ranked: board, model, of those with a rank; of levels: g, still.
-- Columns: of boards: fit, g: how many of the board can be ranked; of levels: z, the normal quantile while so
--   many pairs of g models are still not told apart; still 0: that of a pair by itself.
-- Depends on:
WITH RECURSIVE
-- a board is ranked on the labeler version that read most of its models; of as many, on the newest
board_versions AS (
    SELECT
        board, labeler_version
    FROM models
    WHERE NOT hidden AND told
    GROUP BY board, labeler_version
    QUALIFY
        row_number() OVER (
            PARTITION BY board
            ORDER BY
                count(*) DESC,
                coalesce(try_cast(split_part(labeler_version, '-', 1) AS INTEGER), -1) DESC,
                labeler_version DESC
        ) = 1
),

judged AS (
    SELECT
        models.*,
        coalesce(
            NOT models.hidden
            AND models.told
            AND models.enough
            AND models.labeler_version = board_versions.labeler_version,
            FALSE
        ) AS fit
    FROM models
    LEFT JOIN board_versions USING (board)
),

boards AS (
    SELECT
        *,
        count(*) FILTER (WHERE fit) OVER (PARTITION BY board) AS g
    FROM judged
),

-- Newton's method from 0 for the z beyond which lies 0.025 / still of a normal distribution
newton AS (
    SELECT
        unnest(range(1, pairs + 1)) AS still,
        0 AS step,
        cast(0 AS DOUBLE) AS z
    FROM (
        SELECT max(g * (g - 1) // 2) AS pairs
        FROM boards
    ) AS largest
    UNION ALL
    SELECT
        still,
        step + 1 AS step,
        z + sqrt(2 * pi()) * exp(z * z / 2) * (0.5 - 0.025 / still)
        - sqrt(pi() / 2) * list_sum(
            list_transform(range(0, 120), LAMBDA i: pow(z / sqrt(2), 2 * i + 1) / gamma(i + 1.5))
        ) AS z
    FROM newton
    WHERE step < 60
),

levels AS ( -- noqa: ST03
    SELECT
        sizes.g, newton.still, newton.z
    FROM (
        SELECT DISTINCT g
        FROM boards
    ) AS sizes
    INNER JOIN newton ON sizes.g * (sizes.g - 1) // 2 >= newton.still AND newton.step = 60
    UNION ALL
    SELECT DISTINCT
        g,
        0 AS still,
        1.959963984540054 AS z
    FROM boards
),

ranked AS (
    SELECT
        board, model, g, added, freedom
    FROM boards
    WHERE fit AND g > 1
)

SELECT * FROM ranked
