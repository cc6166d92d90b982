-- Answers: what is left of the ranks of studies whatever slots that nobody saw had shown?
-- Grain: one row for each ranked model of a board that another is told apart from, where more than 2 % of the
--   slots of one of its pairs are unseen.
-- Columns: of study_ranks.
-- Depends on: study_ranks
SELECT
    study, condition, attribute, reference, labeler, labeler_version, model, rank_low, rank_high,
    bound_rank_low, bound_rank_high
FROM study_ranks
WHERE bound_rank_low IS NOT NULL AND (rank_low > 1 OR rank_high < ranked_of)
ORDER BY study, condition, attribute, reference, labeler, labeler_version, model
