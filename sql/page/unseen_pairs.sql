-- Answers: which pairs of models are told apart, and would they be whatever answers that nobody saw had
--   shown?
-- Grain: pair of models of a board, where more than 2 % of the answers of one are unseen.
-- Columns: of model_pairs.
-- Depends on: model_pairs
SELECT
    suite, suite_major, condition, attribute, reference, model_a, model_b, holds_at_bounds
FROM model_pairs
WHERE week = cast($week AS DATE) AND holds_at_bounds IS NOT NULL
ORDER BY suite, suite_major, condition, attribute, reference, model_a, model_b
