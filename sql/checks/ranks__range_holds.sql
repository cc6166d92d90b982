-- Answers: which ranks are not between 1 and the number of models ranked, which worst-case bounds not
--   between 0 and 1, and whose ends are the wrong way round?
-- Grain: that of ranks.
-- Columns: those of ranks that name the rank and its bounds.
-- Depends on: ranks.
-- Severity: critical
-- Stages: publish
-- Rule: A rank is a range within 1 and the number of models ranked; worst-case bounds lie within 0 and 1.
-- Says: ranks or bounds that are no range
SELECT
    week, model, suite, condition, attribute, reference, rank_low, rank_high, ranked_of, bound_low,
    bound_high
FROM ranks
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND (
        NOT (rank_low >= 1 AND rank_low <= rank_high AND rank_high <= ranked_of AND ranked_of >= 2)
        OR NOT (bound_low >= 0 AND bound_low <= bound_high + 1e-9 AND bound_high <= 1)
    )
