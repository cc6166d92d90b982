-- Answers: how far are shares by the labeler from shares by people's eyes in a week?
-- Grain: one row for each row of labeler_error of the week.
-- Columns: gold_n pictures that people labeled; estimate: the labeler's share less people's, with its
--   interval, NULL where reason says why; corrected: mean share of the suite by people's eyes, with its
--   interval, of baseline prompts, NULL where there is none.
-- Depends on: labeler_error, figures
WITH seen AS (
    SELECT
        week, model, suite, suite_major, attribute, labeler, labeler_version, value,
        estimate AS corrected,
        low AS corrected_low,
        high AS corrected_high
    FROM figures
    WHERE figure = 'corrected_share' AND condition = 'baseline' AND turn = 1
)

SELECT
    e.model, e.suite, e.suite_major, e.attribute, e.value, e.gold_n, e.estimate, e.low, e.high, e.reason,
    seen.corrected, seen.corrected_low, seen.corrected_high
FROM labeler_error AS e
LEFT JOIN seen USING (week, model, suite, suite_major, attribute, labeler, labeler_version, value)
WHERE e.week = cast($week AS DATE)
ORDER BY e.model, e.suite, e.suite_major, e.attribute, e.value
