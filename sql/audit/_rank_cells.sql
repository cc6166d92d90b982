-- Answers: What do pictures say of the models of a board, prompt by prompt? Steps of the audit queries of
--   ranks, of weeks and of studies: made from their parts valued (board, model, prompt, value; q: the share
--   that the reference expects; x: pictures; u: answers of the prompt that show no value; effect: how many
--   pictures of the prompt count as one; compared_from, covered_from: pictures from which on a prompt is
--   compared, and covered) and placed (board, model).
-- Grain: of seated: board, model.
-- Columns: of seated: told, cells, planned_cells, bound_low, bound_high; of board_cells: terms of a prompt.
-- Depends on:
WITH sized AS (
    SELECT
        *,
        sum(x) OVER board_cell AS n,
        count(*) OVER board_cell AS k,
        sum(q * q) OVER board_cell AS c,
        sum(x * q) OVER board_cell AS xq,
        sum(x * x) OVER board_cell AS xx,
        x / effect AS y,
        sum(x) OVER board_cell / effect AS r,
        sum(x * q) OVER board_cell / effect AS yq,
        sum(x * q * q) OVER board_cell / effect AS yqq
    FROM valued
    WINDOW board_cell AS (PARTITION BY board, model, prompt)
),

-- y of r: the independent pictures that x of n are worth; p: the share with two pseudo-counts; line, square:
-- sums of the kernel 1[i = j] - q_i - q_j + c and of its square over all pictures; level: how high the
-- values up to this one stand if unseen answers fill them; all_here: distance2 if all unseen answers showed
-- this value
shaped AS (
    SELECT
        *,
        (y + 2 / k) / (r + 2) AS p,
        1 - 2 * q + c AS own,
        y - r * q - yq + r * c - (1 - 2 * q + c) AS line,
        r * pow(c - q, 2) - 2 * (c - q) * yq + yqq + y * (1 + 2 * (c - 2 * q)) AS square,
        x - (n + u - 1) * q AS short,
        (u + sum(x - (n + u - 1) * q) OVER filling) / row_number() OVER filling AS level,
        CASE
            WHEN n + u >= 2
                THEN
                    (
                        (xx + 2 * u * x + u * u - n - u) / ((n + u) * (n + u - 1))
                        - 2 * (xq + u * q) / (n + u)
                        + c
                    ) / 2
        END AS all_here
    FROM sized
    WINDOW filling AS (
        PARTITION BY board, model, prompt
        ORDER BY x - (n + u - 1) * q, value
        ROWS UNBOUNDED PRECEDING
    )
),

-- the lowest level is where unseen answers end that fill what is shortest first
filled AS (
    SELECT
        *,
        greatest(x, x - short + min(level) OVER (PARTITION BY board, model, prompt)) AS best
    FROM shaped
),

board_cells AS (
    SELECT
        board, model, prompt, r, u, compared_from,
        CASE WHEN r < 2 THEN least(n, 1) ELSE n END AS n,
        n >= covered_from AND r >= 2 AND 10 * n >= 8 * (n + u) AS covered,
        (sum(y * (y - 1)) / (r * (r - 1)) - 2 * yq / r + c) / 2 AS d,
        -- each picture as its own, as bounds take it
        CASE WHEN n >= 2 THEN (sum(x * (x - 1)) / (n * (n - 1)) - 2 * xq / n + c) / 2 END AS seen,
        (
            pow(sum(y * line) / (r * (r - 1)), 2)
            - (
                pow(sum(y * line), 2)
                - 4 * (sum(y * line * line) - sum(y * (square - own * own)))
                - 2 * sum(y * (square - own * own))
            ) / (r * (r - 1) * (r - 2) * (r - 3))
        ) / 4 AS unbiased,
        (r - 2) / (r * (r - 1)) * greatest(sum(p * pow(p - q, 2)) - pow(sum(p * (p - q)), 2), 0) AS growing,
        (
            sum(p * p) + 2 * sum(p * q * q) + 2 * pow(sum(p * q), 2) + c * c - 4 * sum(p * p * q)
            + 2 * c * sum(p * p) - 4 * c * sum(p * q) - pow(sum(pow(p - q, 2)), 2)
        ) / (2 * r * (r - 1)) AS at_zero,
        sum(pow(p - q, 2)) / 2 AS plain,
        2 * (r - 2) / (r * (r - 1)) * (1 - sum(p * p)) / greatest(k - 1, 1) AS slope,
        (1 - 2 * min(q) + c) / 2 AS largest,
        CASE
            WHEN n > 0 AND n + u >= 2
                THEN
                    (
                        sum(best * (best - 1)) / ((n + u) * (n + u - 1)) - 2 * sum(best * q) / (n + u) + c
                    ) / 2
            ELSE 0
        END AS cell_low,
        CASE WHEN n > 0 AND n + u >= 2 THEN max(all_here) ELSE (1 - 2 * min(q) + c) / 2 END AS cell_high
    FROM filled
    GROUP BY board, model, prompt, n, r, u, k, c, xq, yq, compared_from, covered_from
),

-- the prompts of a board are those that any of its models planned
board_prompts AS (
    SELECT
        board, prompt,
        max(largest) AS largest
    FROM board_cells
    GROUP BY ALL
),

-- a model has a place on a board if any prompt of it was asked; told: whether it has a figure there
seated AS (
    SELECT
        places.board, places.model,
        coalesce(max(cells.n), 0) >= 5 AS told,
        count(*) FILTER (WHERE cells.covered) AS cells,
        count(board_prompts.prompt) AS planned_cells,
        -- of a reference without a row for any prompt of the board there is no distance to be bounded
        CASE
            WHEN planned_cells > 0 THEN sqrt(greatest(avg(coalesce(cells.cell_low, 0)), 0))
        END AS bound_low,
        CASE
            WHEN planned_cells > 0
                THEN sqrt(greatest(avg(coalesce(cells.cell_high, board_prompts.largest)), 0))
        END AS bound_high
    FROM (
        SELECT DISTINCT
            board, model
        FROM placed
    ) AS places
    LEFT JOIN board_prompts USING (board)
    LEFT JOIN board_cells AS cells
        ON
            board_prompts.board = cells.board
            AND board_prompts.prompt = cells.prompt
            AND places.model = cells.model
    GROUP BY places.board, places.model
)

SELECT * FROM seated
