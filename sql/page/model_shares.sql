-- Answers: how many pictures of each prompt of a suite show each value, by one model, in the four weeks that
--   end with a week?
-- Grain: one row for each prompt × value of one attribute.
-- Columns: k of n pictures, of the weeks since first_week, as labeler_version read them.
-- Depends on: window_scores
SELECT
    prompt, suite, suite_major,
    value_name AS value,
    cast(round(estimate * n) AS INTEGER) AS k,
    n,
    first_week, labeler_version, params_hash
FROM window_scores
WHERE
    week = cast($week AS DATE) AND model = $model AND suite = $suite AND attribute = $attribute
    AND metric = 'share' AND prompt IS NOT NULL AND condition = 'baseline' AND turn = 1
    AND estimate IS NOT NULL
ORDER BY prompt, value_name
