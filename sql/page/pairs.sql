-- Answers: how do two models compare that are ranked on one board, on the prompts that both were asked?
-- Grain: that of board_pairs; of pairs whose labels cannot be relied on there is none.
-- Columns: of board_pairs; estimate_a,
--   estimate_b: figures of the board; place_a, place_b: order on the board by rank, then figure.
-- Weeks: earlier
-- Depends on: board_pairs, leaderboard
WITH ranked AS (
    SELECT
        week, track, simulated, suite, suite_major, condition, turn, yardstick, model, estimate,
        coalesce(attribute, '') AS attribute,
        row_number() OVER (
            PARTITION BY week, track, simulated, suite, suite_major, condition, turn, attribute, yardstick
            ORDER BY rank_low, rank_high, estimate, model
        ) AS place
    FROM leaderboard
    WHERE rank_low IS NOT NULL
),

compared AS (
    SELECT
        * EXCLUDE (attribute),
        coalesce(attribute, '') AS attribute
    FROM board_pairs
    WHERE week IS NOT NULL AND selection IS NULL
)

SELECT
    p.week, p.track, p.simulated, p.suite, p.suite_major, p.condition, p.yardstick, p.model_a, p.model_b,
    p.prompts, p.told_apart, p.holds,
    nullif(p.attribute, '') AS attribute,
    a.estimate AS estimate_a,
    b.estimate AS estimate_b,
    a.place AS place_a,
    b.place AS place_b
FROM compared AS p
INNER JOIN ranked AS a
    ON
        p.week = a.week AND p.track = a.track AND p.simulated = a.simulated AND p.suite = a.suite
        AND p.suite_major = a.suite_major AND p.condition = a.condition AND p.turn = a.turn
        AND p.attribute = a.attribute AND p.yardstick = a.yardstick AND p.model_a = a.model
INNER JOIN ranked AS b
    ON
        p.week = b.week AND p.track = b.track AND p.simulated = b.simulated AND p.suite = b.suite
        AND p.suite_major = b.suite_major AND p.condition = b.condition AND p.turn = b.turn
        AND p.attribute = b.attribute AND p.yardstick = b.yardstick AND p.model_b = b.model
ORDER BY
    p.week, p.suite, p.suite_major, p.condition, p.attribute, p.yardstick, p.track, p.simulated, p.model_a,
    p.model_b
