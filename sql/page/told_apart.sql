-- Answers: which models are told apart on the board that orders the leaderboard?
-- Grain: model_a, model_b.
-- Columns: told_apart.
-- Depends on: board_pairs, boards
SELECT
    p.model_a, p.model_b, p.told_apart
FROM board_pairs AS p
INNER JOIN boards AS b
    ON
        p.week = b.week AND p.track = b.track AND p.simulated = b.simulated AND p.suite = b.suite
        AND p.suite_major = b.suite_major AND p.condition = b.condition AND p.turn = b.turn
        AND p.yardstick = b.yardstick
WHERE
    p.week = cast($week AS DATE) AND b.lead AND p.attribute IS NULL AND b.attribute IS NULL
    AND p.selection IS NULL AND b.selection IS NULL
ORDER BY p.model_a, p.model_b
