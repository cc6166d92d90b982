-- Answers: what is left of the ranks of studies if slots that nobody saw are unlike the others?
-- Grain: one row for each ranked model of a board that another is told apart from, where more than 2 % of the
--   slots of one of its pairs are unseen, or go along with what one of them draws.
-- Columns: of study_ranks; tipping_share: NULL, for boards of studies are of distances.
-- Depends on: study_ranks
SELECT
    study, condition, attribute, reference, labeler, labeler_version, model, rank_low, rank_high, gamma,
    bound_rank_low, bound_rank_high,
    cast(NULL AS DOUBLE) AS tipping_share, unseen_value, unseen_correlation, unseen_p_value
FROM study_ranks
WHERE bound_rank_low IS NOT NULL AND (rank_low > 1 OR rank_high < ranked_of)
ORDER BY study, condition, attribute, reference, labeler, labeler_version, model
