-- Answers: which pairs of models are told apart, and would they be if answers that nobody saw are unlike the
--   others?
-- Grain: pair of models of a board, where more than 2 % of the answers of one are unseen, or go along with what
--   it draws.
-- Columns: of model_pairs; value_a, correlation_a, value_b, correlation_b: what the unseen answers of each go
--   along with; NULL: nothing.
-- Depends on: model_pairs, ranks
WITH known AS (
    SELECT *
    FROM ranks
    UNION ALL BY NAME -- editions of before have no such columns
    SELECT
        cast(NULL AS VARCHAR) AS unseen_value,
        cast(NULL AS DOUBLE) AS unseen_correlation,
        cast(NULL AS DOUBLE) AS unseen_p_value
    WHERE FALSE
),

along AS (
    SELECT *
    FROM known
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
        (
            pairs.track, pairs.simulated, pairs.suite, pairs.suite_major, pairs.condition, pairs.attribute,
            pairs.reference, pairs.scale, pairs.model_a
        ) = (
            a.track, a.simulated, a.suite, a.suite_major, a.condition, a.attribute, a.reference, a.scale, a.model
        )
LEFT JOIN along AS b
    ON
        (
            pairs.track, pairs.simulated, pairs.suite, pairs.suite_major, pairs.condition, pairs.attribute,
            pairs.reference, pairs.scale, pairs.model_b
        ) = (
            b.track, b.simulated, b.suite, b.suite_major, b.condition, b.attribute, b.reference, b.scale, b.model
        )
WHERE pairs.week = cast($week AS DATE) AND pairs.holds_at_bounds IS NOT NULL
ORDER BY
    pairs.suite, pairs.suite_major, pairs.condition, pairs.attribute, pairs.reference, pairs.model_a,
    pairs.model_b
