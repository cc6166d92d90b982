-- Answers: which pictures is each share of a model's prompts of, in the four weeks that end with a week?
-- Grain: one row for each prompt × turn × attribute.
-- Columns: first_week, labeler_version, params_hash: what the pictures have in common.
-- Depends on: window_scores
SELECT DISTINCT
    suite, suite_major, prompt, turn, attribute, first_week, labeler_version, params_hash
FROM window_scores
WHERE
    week = cast($week AS DATE) AND model = $model AND metric = 'share' AND prompt IS NOT NULL AND n > 0
ORDER BY prompt, turn, attribute
