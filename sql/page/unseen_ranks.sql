-- Answers: what is left of the ranks of a week if answers that nobody saw are unlike the others?
-- Grain: one row for each ranked model of a board that another is told apart from, where more than 2 % of the
--   answers of one of its pairs are unseen, or go along with what one of them draws.
-- Columns: of ranks.
-- Depends on: ranks
WITH of_week AS (
    SELECT *
    FROM ranks
    WHERE week = cast($week AS DATE)
)

SELECT
    suite, suite_major, condition, attribute, reference, model, rank_low, rank_high, gamma, tipping_share,
    bound_rank_low, bound_rank_high, unseen_value, unseen_correlation, unseen_p_value
FROM of_week
WHERE bound_rank_low IS NOT NULL AND (rank_low > 1 OR rank_high < ranked_of)
ORDER BY suite, suite_major, condition, attribute, reference, model
