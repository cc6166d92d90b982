-- Answers: what is left of the ranks of a week whatever answers that nobody saw had shown?
-- Grain: one row for each ranked model of a board that another is told apart from, where more than 2 % of the
--   answers of one of its pairs are unseen.
-- Columns: of ranks.
-- Depends on: ranks
SELECT
    suite, suite_major, condition, attribute, reference, model, rank_low, rank_high, bound_rank_low,
    bound_rank_high
FROM ranks
WHERE
    week = cast($week AS DATE)
    AND bound_rank_low IS NOT NULL
    AND (rank_low > 1 OR rank_high < ranked_of)
ORDER BY suite, suite_major, condition, attribute, reference, model
