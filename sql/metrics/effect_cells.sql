-- Answers: how many pictures of a week were read as each value, in the cells of some suites? Of models that
--   are withheld only with $withheld; $first: the week itself.
-- Grain: that of seats.
-- Columns: those of seats.
-- Depends on: scores, plans, withheld
-- Uses: effect_seats
WITH numbered AS (
    SELECT
        model, series, params_hash, track, simulated, suite, suite_major, condition, prompt, turn, attribute,
        scale, labeler_version, position, value, in_support, pictures, cell, seat
    FROM seats
)

SELECT
    model, series, params_hash, track, simulated, suite, suite_major, condition, prompt, turn, attribute,
    scale, labeler_version, position, value, in_support, pictures, cell, seat
FROM numbered
ORDER BY seat
