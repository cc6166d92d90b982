-- Answers: Which pairs of models that are told apart by distances stay so whatever the unseen answers would
--   have shown? Steps of the audit queries of ranks, of weeks and of studies, after rank_tests.
-- Grain: of turning: board, model, other: pairs of ranked models, both orders.
-- Columns: of turning: unseen_share, holds_at_bounds: those of model_pairs.
-- Depends on:
WITH
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
        greatest(sum(u) / sum(n + u), sum(other_u) / sum(other_n + other_u)) AS unseen_share,
        avg(falls - rises) AS most
    FROM shared_cells
    GROUP BY ALL
),

turning AS (
    SELECT
        board, model, other, unseen_share,
        CASE WHEN unseen_share > 0.02 AND adjusted_low > 0 THEN adjusted_low + most > 0 END AS holds_at_bounds
    FROM hidden_pairs
)

SELECT * FROM turning
