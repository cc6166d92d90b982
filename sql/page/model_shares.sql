-- Answers: how many pictures of each prompt of a suite show each value, by one model, in the four weeks
--   that end with a week?
-- Grain: one row for each prompt × value of one attribute.
-- Columns: k of n pictures, of the weeks since first_week, as labeler_version read them.
-- Depends on: figures, plans
WITH f AS (
    SELECT *
    FROM figures
    WHERE
        week = cast($week AS DATE) AND model = $model AND suite = $suite AND attribute = $attribute
        AND figure = 'share' AND condition = 'baseline' AND turn = 1 AND estimate IS NOT NULL
)

SELECT
    f.prompt, f.suite, f.suite_major, f.value, f.k, f.n, f.first_week, f.labeler_version, plans.params_hash
FROM f
INNER JOIN plans USING (week, model)
ORDER BY f.prompt, f.value
