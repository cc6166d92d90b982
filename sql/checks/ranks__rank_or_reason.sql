-- Answers: which models have neither a rank nor a reason, or both, or half a rank?
-- Grain: that of ranks.
-- Columns: those of ranks that name the rank.
-- Depends on: ranks.
-- Severity: critical
-- Stages: publish
-- Rule: A model has a whole rank or the reason why it has none, and not both.
-- Says: ranks missing without a reason, or with both
SELECT
    week, model, suite, condition, attribute, reference, rank_low, rank_high, ranked_of, reason
FROM ranks
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND (
        (rank_low IS NULL) <> (coalesce(reason, '') <> '')
        OR (rank_low IS NULL) <> (rank_high IS NULL)
        OR (rank_low IS NULL) <> (ranked_of IS NULL)
    )
