-- Answers: What is the mean over each model's cells, and its standard error? Steps of the audit queries
--   of suites; they need board_cells and board_weeks (those of shares or of gaps) and sizes: board, grps.
-- Grain: means: board, model; only models with a cell of five pictures or more in every group.
-- Columns: mean; mid: with one picture more in each cell; hits, pictures and prompts of these cells; se,
--   phi (dispersion); df: of the board, infinite of a study.
-- Depends on: the tables of the text before
WITH
filled AS (
    SELECT
        *,
        1 / count(*) OVER (PARTITION BY board, model, grp) AS of_group
    FROM board_cells
    WHERE n >= 5
),

-- a group weighs the same as another, and in it its cells
weighted AS (
    SELECT
        *,
        of_group / sum(of_group) OVER (PARTITION BY board, model) AS w
    FROM filled
    QUALIFY
        round(sum(of_group) OVER (PARTITION BY board, model)) = (
            SELECT sizes.grps FROM sizes
            WHERE sizes.board = filled.board
        )
),

weekly AS ( -- noqa: ST03
    SELECT
        weighted.board,
        weighted.model AS unit,
        board_weeks.back,
        sum(weighted.w * board_weeks.u) AS u,
        sum(weighted.w ^ 2 * board_weeks.e) AS e
    FROM weighted
    INNER JOIN board_weeks USING (board, model, cell)
    GROUP BY weighted.board, weighted.model, board_weeks.back
),

-- Uses: weekly_scatter

-- Uses: dispersion

-- of a study cells that share pictures count as if they always came together
by_prompt AS (
    SELECT
        weighted.board, weighted.model,
        any_value(labeler) AS labeler,
        any_value(labeler_version) AS labeler_version,
        sum(weighted.w * weighted.figure) AS estimate,
        sum(weighted.w * mid) AS mid,
        sum(k) AS k,
        sum(n) AS n,
        count(*) AS prompts,
        CASE
            WHEN board.study IS NULL THEN sum(weighted.w ^ 2 * variance) ELSE
                sum(weighted.w * sqrt(variance)) ^ 2
        END
            AS variance
    FROM weighted
    GROUP BY weighted.board, weighted.model, weighted.prompt
),

scaled AS (
    SELECT
        by_prompt.*,
        CASE WHEN by_prompt.board.study IS NULL THEN dispersed.dispersion ELSE 1 END AS dispersion,
        CASE WHEN by_prompt.board.study IS NULL THEN dispersed.free ELSE 'infinity'::DOUBLE END AS free
    FROM by_prompt
    LEFT JOIN dispersed ON by_prompt.board = dispersed.board AND by_prompt.model = dispersed.unit
),

means AS (
    SELECT
        board, model,
        any_value(labeler) AS labeler,
        any_value(labeler_version) AS labeler_version,
        sum(estimate) AS mean,
        sum(mid) AS mid,
        (sum(k))::INTEGER AS hits,
        (sum(n))::INTEGER AS pictures,
        (sum(prompts))::INTEGER AS prompts,
        any_value(dispersion) AS phi,
        greatest(any_value(free), 1) AS df,
        CASE WHEN any_value(free) >= 3 THEN sqrt(any_value(dispersion) * sum(variance)) END AS se
    FROM scaled
    GROUP BY board, model
)

SELECT * FROM means
