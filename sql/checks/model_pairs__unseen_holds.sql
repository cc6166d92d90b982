-- Answers: which pairs say of answers that nobody saw what their other columns contradict?
-- Grain: that of model_pairs.
-- Columns: those of model_pairs that name the pair, and what is compared.
-- Depends on: model_pairs.
-- Severity: critical
-- Stages: publish
-- Rule: Whether unseen answers could turn a pair is said of pairs that are told apart where more than 2 % are
--   unseen.
-- Says: pairs whose unseen answers contradict them
SELECT
    week, suite, suite_major, condition, attribute, reference, model_a, model_b, verdict, unseen_share,
    holds_at_bounds
FROM model_pairs
WHERE
    week = $week
    AND $model IS NULL
    AND NOT coalesce(
        unseen_share BETWEEN 0 AND 1
        AND (holds_at_bounds IS NOT NULL) = (unseen_share > 0.02 AND verdict <> 'not told apart'),
        FALSE
    )
