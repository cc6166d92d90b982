-- Answers: which attributes are looked for in the pictures of the prompts of some plans?
-- Grain: plan × suite × prompt; of plans that are alike one, $partitions (metrics/plans).
-- Columns: plan, its number; those; attributes, a list.
-- Depends on: prompt_attributes
SELECT
    list_position(cast($partitions AS UBIGINT[]), hash(week, model)) AS plan,
    suite, suite_major, prompt,
    list(attribute ORDER BY attribute) AS attributes
FROM prompt_attributes
WHERE
    week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
    AND list_contains(cast($partitions AS UBIGINT[]), hash(week, model))
GROUP BY ALL
