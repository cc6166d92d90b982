-- Answers: beside which prompts of one week is a value looked at that is a stereotype of some of them?
-- Grain: model × suite × declared value × prompt of the same kind of subject.
-- Columns: value_name, written value | subject; own: the prompt names the group.
-- Depends on: stereotypes, prompts
SELECT
    stereotypes.model,
    stereotypes.suite,
    stereotypes.suite_major,
    stereotypes.attribute,
    stereotypes.value,
    prompts.prompt,
    stereotypes.value || ' | ' || stereotypes.subject AS value_name,
    prompts.subject = stereotypes.subject AS own
FROM stereotypes
INNER JOIN prompts
    ON
        stereotypes.week = prompts.week
        AND stereotypes.model = prompts.model
        AND stereotypes.suite = prompts.suite
        AND stereotypes.suite_major = prompts.suite_major
        AND split_part(stereotypes.subject, ':', 1) = split_part(prompts.subject, ':', 1)
WHERE stereotypes.week = cast($week AS DATE) AND stereotypes.metric = 'stereotype_lift'
ORDER BY ALL
