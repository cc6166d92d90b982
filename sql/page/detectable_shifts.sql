-- Answers: which change of a share could be seen in the suites of a week?
-- Grain: track × simulated × suite × suite_major × condition × attribute.
-- Columns: those of detectable_shifts.
-- Depends on: detectable_shifts
SELECT
    track, simulated, suite, suite_major, condition, attribute, n, cells,
    all_in_3_weeks,
    all_in_8_weeks,
    one_in_8_weeks
FROM detectable_shifts
WHERE week = cast($week AS DATE)
ORDER BY simulated, track, suite, suite_major, condition, attribute
