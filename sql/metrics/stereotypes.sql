-- Answers: beside which prompts of some plans is a value looked at that is a stereotype of some of them?
-- Grain: plan × suite × declared value × prompt of the same kind of subject; of plans that are alike one,
--   $partitions (metrics/plans).
-- Columns: plan, its number; those; value_name, written value | subject; own: the prompt names the group.
-- Depends on: stereotypes, prompts
WITH declared AS (
    SELECT
        *,
        list_position(cast($partitions AS UBIGINT[]), hash(week, model)) AS plan
    FROM stereotypes
    WHERE
        week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
        AND list_contains(cast($partitions AS UBIGINT[]), hash(week, model))
        AND metric = 'stereotype_lift'
)

SELECT
    declared.plan, declared.suite, declared.suite_major, declared.attribute, declared.value, prompts.prompt,
    declared.value || ' | ' || declared.subject AS value_name,
    prompts.subject = declared.subject AS own
FROM declared
INNER JOIN prompts
    ON
        declared.week = prompts.week
        AND declared.model = prompts.model
        AND declared.suite = prompts.suite
        AND declared.suite_major = prompts.suite_major
        AND split_part(declared.subject, ':', 1) = split_part(prompts.subject, ':', 1)
ORDER BY ALL
