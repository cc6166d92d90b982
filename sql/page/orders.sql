-- Answers: does the order of each board of a week hold if its figure is measured in another way?
-- Grain: that of rank_robustness.
-- Columns: those that name the board and its table; variant, other, told_apart, told_apart_turned.
-- Depends on: rank_robustness
SELECT
    track, simulated, suite, suite_major, condition, attribute, reference, variant, other, told_apart,
    told_apart_turned
FROM rank_robustness
WHERE week = cast($week AS DATE) AND told_apart > 0
ORDER BY ALL
