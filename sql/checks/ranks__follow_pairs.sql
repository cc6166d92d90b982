-- Answers: which ranks are not what the tests of the board's pairs say?
-- Grain: that of ranks, for models that are ranked.
-- Columns: those of ranks that name the rank, and of its unseen answers; closer, farther: models that the
--   pairs tell apart from it.
-- Depends on: ranks, model_pairs.
-- Severity: critical
-- Stages: publish
-- Rule: A rank is what the tests of all pairs of its board say.
-- Says: ranks that do not follow from the pairs
WITH sides AS (
    SELECT
        * EXCLUDE (model_a, model_b),
        model_a AS model,
        adjusted_low > 0 AS beaten,
        adjusted_high < 0 AS beats
    FROM model_pairs
    WHERE week = $week
    UNION ALL
    SELECT
        * EXCLUDE (model_a, model_b),
        model_b AS model,
        adjusted_high < 0 AS beaten,
        adjusted_low > 0 AS beats
    FROM model_pairs
    WHERE week = $week
)

SELECT
    ranks.week, ranks.model, ranks.suite, ranks.suite_major, ranks.condition, ranks.attribute,
    ranks.reference, ranks.scale, ranks.rank_low, ranks.rank_high, ranks.ranked_of,
    count(*) FILTER (WHERE sides.beaten) AS closer,
    count(*) FILTER (WHERE sides.beats) AS farther,
    ranks.bound_rank_low, ranks.bound_rank_high
FROM ranks
LEFT JOIN sides
    USING (week, track, simulated, suite, suite_major, condition, attribute, reference, scale, model)
WHERE
    ranks.week = $week
    AND ($model IS NULL OR ranks.model = $model)
    AND ranks.rank_low IS NOT NULL
GROUP BY ALL
HAVING
    ranks.rank_low <> 1 + count(*) FILTER (WHERE sides.beaten)
    OR ranks.rank_high <> ranks.ranked_of - count(*) FILTER (WHERE sides.beats)
    OR ranks.ranked_of <> 1 + count(sides.model)
    OR ranks.bound_rank_low IS DISTINCT FROM CASE
        WHEN max(sides.unseen_share) > 0.02
            THEN 1 + count(*) FILTER (WHERE sides.beaten AND coalesce(sides.holds_at_bounds, TRUE))
    END
    OR ranks.bound_rank_high IS DISTINCT FROM CASE
        WHEN max(sides.unseen_share) > 0.02
            THEN
                ranks.ranked_of
                - count(*) FILTER (WHERE sides.beats AND coalesce(sides.holds_at_bounds, TRUE))
    END
