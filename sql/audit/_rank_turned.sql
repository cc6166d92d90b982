-- Answers: What do the unseen answers leave of the order of a board? Steps of the audit queries of ranks, of
--   weeks and of studies, after rank_tests and after distance_unseen or stereotype_unseen.
-- Grain: of apart: that of told_apart.
-- Columns: of apart: those of told_apart; of the pair unseen_share and holds_at_bounds; of model
--   bound_rank_low and bound_rank_high.
-- Depends on:
WITH
-- the one that is farther has the row; both orders are one pair
turned_pairs AS (
    SELECT
        mine.board, mine.model, mine.other, mine.unseen_share,
        coalesce(mine.holds_at_bounds, theirs.holds_at_bounds) AS holds_at_bounds
    FROM turning AS mine
    INNER JOIN turning AS theirs
        ON
            mine.board = theirs.board
            AND mine.model = theirs.other
            AND mine.other = theirs.model
),

apart AS (
    SELECT
        told_apart.*, turned_pairs.unseen_share, turned_pairs.holds_at_bounds,
        CASE
            WHEN max(turned_pairs.unseen_share) OVER turned_own > 0.02
                THEN
                    1
                    + count(*) FILTER (
                        WHERE
                        told_apart.adjusted_low > 0 AND coalesce(turned_pairs.holds_at_bounds, TRUE)
                    ) OVER turned_own
        END AS bound_rank_low,
        CASE
            WHEN max(turned_pairs.unseen_share) OVER turned_own > 0.02
                THEN
                    told_apart.ranked_of
                    - count(*) FILTER (
                        WHERE
                        told_apart.adjusted_high < 0 AND coalesce(turned_pairs.holds_at_bounds, TRUE)
                    ) OVER turned_own
        END AS bound_rank_high
    FROM told_apart
    LEFT JOIN turned_pairs USING (board, model, other)
    WINDOW turned_own AS (PARTITION BY told_apart.board, told_apart.model)
)

SELECT board FROM apart
