-- Answers: how far are shares by the labeler from shares by people's eyes in a week?
-- Grain: one row for each row of labeler_error of the week.
-- Columns: gold_n pictures that people labeled; estimate: the labeler's share less people's, with its interval,
--   NULL where reason says why.
-- Depends on: labeler_error
SELECT
    model, suite, suite_major, attribute, value, gold_n, estimate, low, high, reason
FROM labeler_error
WHERE week = cast($week AS DATE)
ORDER BY model, suite, suite_major, attribute, value
