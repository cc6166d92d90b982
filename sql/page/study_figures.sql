-- Answers: how far are a study's models from a reference, by condition, and which rank have they?
-- Grain: one row for each study × attribute × reference × labeler × version × model × condition.
-- Columns: those of study_leaderboard and study_ranks that the page shows; over all prompts of a condition.
-- Depends on: study_leaderboard, study_ranks
SELECT
    board.study, board.attribute, board.reference, board.labeler, board.labeler_kind, board.labeler_version,
    board.model, board.condition, board.distance, board.low, board.high,
    board.n, board.cells, board.planned_cells, board.reason, ranks.rank_low, ranks.rank_high,
    ranks.ranked_of, ranks.bound_low, ranks.bound_high, ranks.reason AS rank_reason
FROM study_leaderboard AS board
LEFT JOIN study_ranks AS ranks USING (study, condition, attribute, reference, labeler, labeler_version, model)
ORDER BY
    board.study, board.attribute, board.reference, board.labeler, board.labeler_version, board.model,
    board.condition
