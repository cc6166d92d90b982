-- Answers: How far is each prompt from its yardstick, squared, from pictures of two different weeks?
--   Steps of the audit queries of gaps; they need compared: board, model, cell, prompt, grp, labeler,
--   labeler_version, value, many, back, x of m pictures and the expected share q.
-- Grain: gap_cells: board, model, cell; gap_weeks: and back.
-- Columns: as of share_cells and share_weeks; figure: half the sum over values of the squared gap.
-- Depends on: the tables of the text before
WITH
gap_values AS (
    SELECT
        board, model, cell, value,
        any_value(prompt) AS prompt,
        any_value(grp) AS grp,
        any_value(labeler) AS labeler,
        any_value(labeler_version) AS labeler_version,
        any_value(q) AS q,
        coalesce(sum(x) FILTER (WHERE back < 4), 0) AS k,
        coalesce(sum(m) FILTER (WHERE back < 4), 0) AS n,
        coalesce(sum(m * m) FILTER (WHERE back < 4), 0) AS n_squares,
        sum(x) AS hits,
        sum(m) AS total,
        (hits + 1 / any_value(many)) / (total + 1) AS share,
        sum(x - m * q) FILTER (WHERE back < 4) AS above,
        sum((x - m * q) ^ 2) FILTER (WHERE back < 4) AS above_squares
    FROM compared
    GROUP BY board, model, cell, value
),

gap_cells AS (
    SELECT
        board, model, cell, prompt, grp, labeler, labeler_version, n,
        n * n - n_squares AS pairs,
        CASE
            WHEN pairs > 0 THEN sum(above ^ 2 - above_squares) / 2 / pairs
            -- one week: pairs of pictures
            ELSE (sum((k / nullif(n, 0) - q) ^ 2) - (1 - sum((k / nullif(n, 0)) ^ 2)) / nullif(n - 1, 0)) / 2
        END AS figure,
        (sum((share - q) ^ 2 * share) - sum((share - q) * share) ^ 2)
        * total
        / nullif(total - 1, 0) AS spread,
        -- half the trace of the squared covariance
        (sum(share ^ 2) - 2 * sum(share ^ 3) + sum(share ^ 2) ^ 2) / 2 AS trace,
        spread / nullif(n, 0)
        + trace / nullif(CASE WHEN pairs > 0 THEN pairs ELSE n * (n - 1) END, 0) AS variance
    FROM gap_values
    GROUP BY board, model, cell, prompt, grp, labeler, labeler_version, n, n_squares, total
),

-- the slope of a week is of the other weeks
gap_slopes AS (
    SELECT
        compared.board, compared.model, compared.cell, compared.back,
        any_value(compared.m) AS m,
        sum(
            (
                coalesce((gap_values.hits - compared.x) / nullif(gap_values.total - compared.m, 0), 0)
                - compared.q
            )
            * (compared.x / compared.m - gap_values.hits / gap_values.total)
        ) AS moved
    FROM compared
    INNER JOIN gap_values USING (board, model, cell, value)
    GROUP BY compared.board, compared.model, compared.cell, compared.back
),

gap_weeks AS (
    SELECT
        gap_slopes.board, gap_slopes.model, gap_slopes.cell, gap_slopes.back,
        gap_slopes.moved
        - avg(gap_slopes.moved) OVER (
            PARTITION BY gap_slopes.board, gap_slopes.model, gap_slopes.cell
        ) AS u,
        gap_cells.spread / gap_slopes.m AS e
    FROM gap_slopes
    INNER JOIN gap_cells USING (board, model, cell)
)

SELECT * FROM gap_weeks
