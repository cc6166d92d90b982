-- Answers: which models stand on a board of another kind than theirs, simulated beside real or the reverse?
-- Grain: that of board_ranks.
-- Columns: those of board_ranks that name the board, and how the model was planned.
-- Depends on: board_ranks, plans.
-- Severity: critical
-- Stages: publish
-- Rule: Simulated models never stand on a board with real ones.
-- Says: models on a board of another kind
SELECT
    board_ranks.week, board_ranks.model, board_ranks.suite, board_ranks.suite_major, board_ranks.condition,
    board_ranks.attribute, board_ranks.yardstick, board_ranks.simulated,
    plans.simulated AS planned_simulated
FROM board_ranks
INNER JOIN plans USING (week, model)
WHERE
    board_ranks.week = $week
    AND ($model IS NULL OR board_ranks.model = $model)
    AND board_ranks.simulated <> plans.simulated
