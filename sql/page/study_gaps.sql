-- Answers: how far are a study's models from a yardstick, by condition, and which rank have they?
-- Grain: study, attribute, yardstick, labeler, labeler_version, model, condition.
-- Columns: those of figures, board_ranks and boards that the page shows; over all prompts of a condition.
-- Depends on: board_ranks, boards, figures
WITH gaps AS (
    SELECT *
    FROM figures
    WHERE study IS NOT NULL AND figure = 'gap'
)

SELECT
    gaps.study, gaps.attribute, gaps.yardstick, gaps.labeler, gaps.labeler_version,
    gaps.model, gaps.condition, gaps.estimate, gaps.low, gaps.high, gaps.n, gaps.bound_low,
    gaps.bound_high, gaps.reason, ranks.rank_low, ranks.rank_high, ranks.holds, ranks.reason AS rank_reason,
    boards.models AS ranked_of,
    boards.resolution, boards.would_find
FROM gaps
LEFT JOIN board_ranks AS ranks
    USING (study, condition, attribute, yardstick, labeler, labeler_version, model)
LEFT JOIN boards
    USING (study, condition, attribute, yardstick, labeler, labeler_version)
ORDER BY
    gaps.study, gaps.attribute, gaps.yardstick, gaps.labeler, gaps.labeler_version, gaps.model,
    gaps.condition
