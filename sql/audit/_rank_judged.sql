-- Answers: Which models of a board can be ranked, and how far apart must two be? Steps of the audit
--   queries of ranks, of weeks and of studies: made from their part models (board, model,
--   labeler_version; hidden, told; enough: whether it has enough prompts; added: variance that scatter
--   adds; freedom: its degrees of freedom, NULL: the normal quantile).
-- Grain: of boards: board, model; of ranked: board, model, of those with a rank.
-- Columns: of boards: fit, g: how many of the board can be ranked; of ranked: z_all, the normal quantile
--   for all pairs of the board.
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
        boards.board, boards.model, boards.g, boards.added, boards.freedom,
        newton.z AS z_all
    FROM boards
    INNER JOIN newton ON boards.g = newton.g AND newton.step = 60
    WHERE boards.fit
)

SELECT * FROM ranked
