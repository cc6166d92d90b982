-- Answers: which models stand on a board of another kind than theirs, simulated beside real or the reverse?
-- Grain: that of ranks.
-- Columns: those of ranks that name the board, and how the model was planned.
-- Depends on: ranks, plans.
-- Severity: critical
-- Stages: publish
-- Rule: Simulated models never stand on a board with real ones.
-- Says: ranks on a board of another kind
SELECT
    ranks.week, ranks.model, ranks.suite, ranks.condition, ranks.attribute, ranks.reference,
    ranks.simulated, plans.simulated AS planned_simulated
FROM ranks
INNER JOIN plans USING (week, model)
WHERE
    ranks.week = $week
    AND ($model IS NULL OR ranks.model = $model)
    AND ranks.simulated <> plans.simulated
