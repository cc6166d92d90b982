-- Answers: which pairs say of answers that nobody saw what their other columns contradict?
-- Grain: that of model_pairs.
-- Columns: those of model_pairs that name the pair, and what is compared.
-- Depends on: model_pairs.
-- Severity: critical
-- Stages: publish
-- Rule: What unseen answers could do is said of pairs that are told apart where more than 2 % are unseen, or
--   go along with what is drawn, and a pair that holds at the bounds has no factor and no share at which it
--   does not.
-- Says: pairs whose unseen answers contradict them
SELECT
    week, suite, suite_major, condition, attribute, reference, model_a, model_b, verdict, unseen_share,
    unseen_trend, gamma, tipping_share, holds_at_bounds
FROM model_pairs
WHERE
    week = $week
    AND $model IS NULL
    AND NOT coalesce(
        unseen_share BETWEEN 0 AND 1
        AND (holds_at_bounds IS NOT NULL)
        = ((unseen_share > 0.02 OR unseen_trend) AND verdict <> 'not told apart')
        AND (gamma IS NULL OR (gamma BETWEEN 1 AND 100 AND NOT holds_at_bounds))
        AND (tipping_share IS NULL OR (tipping_share BETWEEN 0 AND 1 AND NOT holds_at_bounds))
        AND (gamma IS NULL OR tipping_share IS NULL),
        FALSE
    )
