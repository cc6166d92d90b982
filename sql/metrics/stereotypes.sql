-- Answers: beside which prompts of some weeks is a value looked at that is a stereotype of some of them?
-- Grain: model × suite × declared value × prompt of the same kind of subject.
-- Columns: value_name, written value | subject; own: the prompt names the group.
-- Depends on: stereotypes, prompts
WITH declared AS (
    SELECT *
    FROM stereotypes
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE) AND metric = 'stereotype_lift'
)

SELECT
    declared.week,
    declared.model,
    declared.suite,
    declared.suite_major,
    declared.attribute,
    declared.value,
    prompts.prompt,
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
