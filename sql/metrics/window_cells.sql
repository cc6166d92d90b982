-- Answers: of which prompts, attributes and values are the windows that end with a week made?
-- Grain: that of seats.
-- Columns: those of seats; in_support: true.
-- Depends on: scores, plans, prompts, prompt_attributes, attribute_values, withheld
-- Uses: window_seats
WITH numbered AS (
    SELECT
        model, series, params_hash, track, simulated, suite, suite_major, condition, turn, attribute, scale,
        labeler_version, prompt, subject, position, value, seat
    FROM seats
)

SELECT
    model, series, params_hash, track, simulated, suite, suite_major, condition, turn, attribute, scale,
    labeler_version, prompt, subject, position, value, seat,
    TRUE AS in_support
FROM numbered
ORDER BY seat
