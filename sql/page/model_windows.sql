-- Answers: which pictures is each share of a model's prompts of, in the four weeks that end with a week?
-- Grain: one row for each prompt × turn × attribute.
-- Columns: first_week, labeler_version, params_hash: what the pictures have in common.
-- Depends on: figures, plans
SELECT DISTINCT
    f.suite, f.suite_major, f.prompt, f.turn, f.attribute, f.first_week, f.labeler_version, plans.params_hash
FROM figures AS f
INNER JOIN plans USING (week, model)
WHERE
    f.week = cast($week AS DATE) AND f.model = $model AND f.figure = 'share' AND f.n > 0
    AND NOT starts_with(f.attribute, 'all:')
ORDER BY f.prompt, f.turn, f.attribute
