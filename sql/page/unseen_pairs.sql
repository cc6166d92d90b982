-- Answers: which pairs of models are told apart, and would they be if answers that nobody saw are unlike the
--   others?
-- Grain: pair of models of a board, where more than 2 % of the answers of one are unseen, or go along with
--   what it draws.
-- Columns: of model_pairs; value_a, correlation_a, value_b, correlation_b: what the unseen answers of each go
--   along with; NULL: nothing.
-- Depends on: model_pairs, ranks
WITH along AS (
    SELECT *
    FROM ranks
    WHERE week = cast($week AS DATE) AND unseen_p_value <= 0.025
)

SELECT
    pairs.suite, pairs.suite_major, pairs.condition, pairs.attribute, pairs.reference, pairs.model_a,
    pairs.model_b, pairs.gamma, pairs.tipping_share, pairs.holds_at_bounds,
    a.unseen_value AS value_a,
    a.unseen_correlation AS correlation_a,
    b.unseen_value AS value_b,
    b.unseen_correlation AS correlation_b
FROM model_pairs AS pairs
LEFT JOIN along AS a
    ON
        pairs.model_a = a.model
        AND pairs.track = a.track
        AND pairs.suite = a.suite
        AND pairs.suite_major = a.suite_major
        AND pairs.condition = a.condition
        AND pairs.attribute = a.attribute
        AND pairs.reference = a.reference
        AND pairs.scale = a.scale
LEFT JOIN along AS b
    ON
        pairs.model_b = b.model
        AND pairs.track = b.track
        AND pairs.suite = b.suite
        AND pairs.suite_major = b.suite_major
        AND pairs.condition = b.condition
        AND pairs.attribute = b.attribute
        AND pairs.reference = b.reference
        AND pairs.scale = b.scale
WHERE pairs.week = cast($week AS DATE) AND pairs.holds_at_bounds IS NOT NULL
ORDER BY
    pairs.suite, pairs.suite_major, pairs.condition, pairs.attribute, pairs.reference, pairs.model_a,
    pairs.model_b
