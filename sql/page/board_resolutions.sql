-- Answers: which difference does each board of a week tell apart, and which change would it find?
-- Grain: one row for each board.
-- Columns: resolution, would_find, models, reason: of boards.
-- Depends on: boards
SELECT
    track, simulated, suite, suite_major, condition, attribute, yardstick, models, resolution, would_find,
    reason
FROM boards
WHERE week = cast($week AS DATE) AND selection IS NULL
ORDER BY ALL
