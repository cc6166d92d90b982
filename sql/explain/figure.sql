-- Answers: what is published of a share?
-- Grain: one row.
-- Columns: of figures.
-- Depends on: figures
SELECT
    estimate, low, high, reason, k, n, worth, unseen, bound_low, bound_high, weeks, first_week
FROM figures
WHERE
    figure = 'share' AND week = $week
    AND model = $model AND prompt = $prompt AND suite_major = $major AND turn = $turn
    AND attribute = $attribute AND value = $value
    AND labeler = $labeler AND labeler_version = $version
