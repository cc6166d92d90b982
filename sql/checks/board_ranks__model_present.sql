-- Answers: which planned models have no row on a board of their track?
-- Grain: board × model.
-- Columns: week, model, and what names the board.
-- Depends on: boards, board_ranks, plans.
-- Severity: critical
-- Stages: publish
-- Rule: Every model that is planned in a week has a rank, or the reason why not, on each board of its track.
-- Says: boards of its track on which a model has no row
SELECT
    boards.week, plans.model, boards.suite, boards.suite_major, boards.condition, boards.turn,
    boards.selection, boards.attribute, boards.yardstick
FROM boards
INNER JOIN plans USING (week, track, simulated)
LEFT JOIN board_ranks AS ranks
    ON
        boards.week = ranks.week
        AND boards.track = ranks.track
        AND boards.simulated = ranks.simulated
        AND boards.suite = ranks.suite
        AND boards.suite_major = ranks.suite_major
        AND boards.condition = ranks.condition
        AND boards.turn = ranks.turn
        AND boards.selection IS NOT DISTINCT FROM ranks.selection
        AND boards.attribute IS NOT DISTINCT FROM ranks.attribute
        AND boards.yardstick = ranks.yardstick
        AND plans.model = ranks.model
WHERE
    boards.week = $week
    AND ($model IS NULL OR plans.model = $model)
    AND ranks.model IS NULL
