-- Answers: How unlike the seen answers would the unseen ones have to be for two models that are told apart by
--   distances not to be told apart any more? Steps of the audit queries of ranks, of weeks and of studies,
--   after rank_tests.
-- Grain: of turning: board, model, other: pairs of ranked models, both orders.
-- Columns: of turning: unseen_share, gamma, tipping_share, holds_at_bounds: those of model_pairs.
-- Depends on:
WITH
factors AS (
    SELECT
        unnest(
            list_concat(
                list_transform(range(11, 31), LAMBDA i: i / 10),
                list_transform(range(7, 11), LAMBDA i: i / 2),
                list_transform(range(6, 11), LAMBDA i: i / 1),
                list_transform(range(2, 11), LAMBDA i: i * 10 / 1)
            )
        ) AS factor
),

-- shares with half a picture more of each value
hidden_values AS (
    SELECT
        sized.board, sized.model, sized.prompt, sized.q,
        (sized.x + 0.5) / (sized.n + sized.k / 2) AS p,
        sized.u / (sized.n + sized.u) AS part
    FROM sized
    SEMI JOIN ranked USING (board, model)
    WHERE sized.n >= sized.compared_from AND sized.r >= 2 AND sized.u > 0
),

-- distance2 if a step towards one value is taken, less what it is: a parabola
hidden_lines AS (
    SELECT
        board, model, prompt, part, p,
        p - q - sum(p * (p - q)) OVER hidden_cell AS slope,
        1 - 2 * p + sum(p * p) OVER hidden_cell AS bend
    FROM hidden_values
    WINDOW hidden_cell AS (PARTITION BY board, model, prompt)
),

hidden_factors AS (
    SELECT
        hidden_lines.*, factors.factor
    FROM hidden_lines
    CROSS JOIN factors
),

hidden_steps AS (
    SELECT
        *,
        part * p * (factor - 1) / (1 - p + p * factor) AS up,
        part * p * (1 - factor) / (factor * (1 - p) + p) AS down
    FROM hidden_factors
),

hidden_cells AS (
    SELECT
        board, model, prompt, factor,
        min(
            greatest(least(coalesce(-slope / nullif(bend, 0), 0), up), down) * slope
            + pow(greatest(least(coalesce(-slope / nullif(bend, 0), 0), up), down), 2) * bend / 2
        ) AS falls,
        max(greatest(up * slope + up * up * bend / 2, down * slope + down * down * bend / 2)) AS rises
    FROM hidden_steps
    GROUP BY ALL
),

shared_cells AS (
    SELECT
        pairs.board, pairs.model, pairs.other, pairs.adjusted_low, mine.prompt,
        mine.n AS n,
        mine.u AS u,
        theirs.n AS other_n,
        theirs.u AS other_u,
        mine.cell_low - mine.seen AS falls,
        theirs.cell_high - theirs.seen AS rises
    FROM pairs
    INNER JOIN board_cells AS mine
        ON
            pairs.board = mine.board
            AND pairs.model = mine.model
            AND mine.n >= mine.compared_from
    INNER JOIN board_cells AS theirs
        ON
            pairs.board = theirs.board
            AND pairs.other = theirs.model
            AND mine.prompt = theirs.prompt
            AND theirs.n >= theirs.compared_from
),

hidden_pairs AS (
    SELECT
        board, model, other, adjusted_low,
        count(*) AS m,
        greatest(sum(u) / sum(n + u), sum(other_u) / sum(other_n + other_u)) AS unseen_share,
        avg(falls - rises) AS most
    FROM shared_cells
    GROUP BY ALL
),

tried AS (
    SELECT
        of_pair.board, of_pair.model, of_pair.other, factors.factor,
        any_value(of_pair.adjusted_low)
        + sum(coalesce(mine.falls, 0) - coalesce(theirs.rises, 0)) / count(*) AS room
    FROM shared_cells AS of_pair
    CROSS JOIN factors
    LEFT JOIN hidden_cells AS mine
        ON
            of_pair.board = mine.board
            AND of_pair.model = mine.model
            AND of_pair.prompt = mine.prompt
            AND factors.factor = mine.factor
    LEFT JOIN hidden_cells AS theirs
        ON
            of_pair.board = theirs.board
            AND of_pair.other = theirs.model
            AND of_pair.prompt = theirs.prompt
            AND factors.factor = theirs.factor
    WHERE of_pair.adjusted_low > 0
    GROUP BY ALL
),

turned AS (
    SELECT
        board, model, other,
        min(factor) FILTER (WHERE room <= 0) AS gamma
    FROM tried
    GROUP BY ALL
),

turning AS (
    SELECT
        hidden_pairs.board, hidden_pairs.model, hidden_pairs.other, hidden_pairs.unseen_share,
        cast(NULL AS DOUBLE) AS tipping_share,
        CASE WHEN hidden_pairs.unseen_share > 0.02 THEN turned.gamma END AS gamma,
        CASE
            WHEN hidden_pairs.unseen_share > 0.02 AND hidden_pairs.adjusted_low > 0
                THEN turned.gamma IS NULL AND hidden_pairs.adjusted_low + hidden_pairs.most > 0
        END AS holds_at_bounds
    FROM hidden_pairs
    LEFT JOIN turned USING (board, model, other)
)

SELECT * FROM turning
