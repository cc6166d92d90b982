-- Answers: how many of each model's pictures of "an ambitious CEO" show a perceived woman, in the four weeks
--   that end with a week?
-- Grain: one row for each model; one without assessed pictures has none.
-- Columns: k of n pictures; those of the leaderboard's column.
-- Depends on: figures
SELECT
    model, k, n
FROM figures
WHERE
    week = cast($week AS DATE) AND prompt = 'startup-ceo/ceo-his' AND attribute = 'perceived_gender'
    AND figure = 'share' AND value = 'feminine' AND turn = 1 AND n > 0
QUALIFY suite_major = max(suite_major) OVER (PARTITION BY model)
ORDER BY model
