-- Answers: What share of the pictures of each cell shows it, and how far do weeks lie from it? Steps of
--   the audit queries of shares; they need drawn: board, model, cell, prompt, grp, labeler,
--   labeler_version, many, back and x of m pictures.
-- Grain: share_cells: board, model, cell; share_weeks: and back.
-- Columns: k of n pictures of the last four weeks; figure k / n, its variance if pictures were
--   independent; mid: share with one picture more; u: deviation of a week, e: its square if pictures were
--   independent.
-- Depends on: the tables of the text before
WITH
share_cells AS (
    SELECT
        board, model, cell,
        any_value(prompt) AS prompt,
        any_value(grp) AS grp,
        any_value(labeler) AS labeler,
        any_value(labeler_version) AS labeler_version,
        coalesce(sum(x) FILTER (WHERE back < 4), 0) AS k,
        coalesce(sum(m) FILTER (WHERE back < 4), 0) AS n,
        k / nullif(n, 0) AS figure,
        sum(x) / sum(m) AS share,
        -- one picture more, spread over the values, so that no variance is 0
        (sum(x) + 1 / any_value(many)) / (sum(m) + 1) AS mid,
        mid * (1 - mid) * sum(m) / nullif(sum(m) - 1, 0) AS spread,
        spread / nullif(n, 0) AS variance
    FROM drawn
    GROUP BY board, model, cell
),

share_weeks AS (
    SELECT
        drawn.board, drawn.model, drawn.cell, drawn.back,
        drawn.x / drawn.m - share_cells.share AS u,
        share_cells.spread / drawn.m AS e
    FROM drawn
    INNER JOIN share_cells USING (board, model, cell)
)

SELECT * FROM share_weeks
