-- Answers: Which pairs of models that a board tells apart by shares stay so whatever the unseen answers would
--   have shown? Steps of the audit query of ranks by declared stereotypes, after rank_tests.
-- Grain: of turning: board, model, other: pairs of ranked models, both orders.
-- Columns: of turning: unseen_share, holds_at_bounds: those of model_pairs.
-- Depends on:
WITH
-- entries that two models have in common; prompts are counted once, whatever pairs they are of
shared_entries AS (
    SELECT
        pairs.board, pairs.model, pairs.other, pairs.adjusted_low, mine.prompt,
        mine.n AS n,
        mine.u AS u,
        theirs.n AS other_n,
        theirs.u AS other_u,
        mine.u / (mine.n + mine.u) * mine.x / mine.n AS falls,
        theirs.u / (theirs.n + theirs.u) * (1 - theirs.x / theirs.n) AS rises,
        1 / count(*) OVER (PARTITION BY pairs.board, pairs.model, pairs.other, mine.pair)
        / count(DISTINCT mine.pair) OVER (PARTITION BY pairs.board, pairs.model, pairs.other) AS w,
        row_number() OVER (
            PARTITION BY pairs.board, pairs.model, pairs.other, mine.prompt
            ORDER BY mine.pair
        ) AS turn
    FROM pairs
    INNER JOIN cliche_entries AS mine
        ON
            pairs.board = mine.board
            AND pairs.model = mine.model
    INNER JOIN cliche_entries AS theirs
        ON
            pairs.board = theirs.board
            AND pairs.other = theirs.model
            AND mine.pair = theirs.pair
            AND mine.prompt = theirs.prompt
    WHERE mine.n >= 5 AND mine.n / mine.effect >= 2 AND theirs.n >= 5 AND theirs.n / theirs.effect >= 2
),

shared_sums AS (
    SELECT
        board, model, other, adjusted_low,
        greatest(
            sum(u) FILTER (WHERE turn = 1) / sum(n + u) FILTER (WHERE turn = 1),
            sum(other_u) FILTER (WHERE turn = 1) / sum(other_n + other_u) FILTER (WHERE turn = 1)
        ) AS unseen_share,
        sum(w * (falls + rises)) AS most
    FROM shared_entries
    GROUP BY ALL
),

turning AS (
    SELECT
        board, model, other, unseen_share,
        CASE WHEN unseen_share > 0.02 AND adjusted_low > 0 THEN most < adjusted_low END AS holds_at_bounds
    FROM shared_sums
)

SELECT * FROM turning
