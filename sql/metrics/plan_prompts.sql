-- Answers: which prompts do some plans hold?
-- Grain: plan × suite version × prompt; of plans that are alike one, $partitions (metrics/plans).
-- Columns: plan, its number; those; condition, language.
-- Depends on: prompts
SELECT
    list_position(cast($partitions AS UBIGINT[]), hash(week, model)) AS plan,
    suite, suite_version, prompt, condition, language
FROM prompts
WHERE
    week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
    AND list_contains(cast($partitions AS UBIGINT[]), hash(week, model))
