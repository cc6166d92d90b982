-- Answers: beside which prompts is a value looked at that is a stereotype of some of them?
-- Grain: model × suite × declared value × prompt of the same kind of subject.
-- Columns: those; value_name, written value | subject; own: the prompt names the group.
-- Depends on: stereotypes, prompts
SELECT
    declared.week, declared.model, declared.suite, declared.suite_major, declared.attribute, declared.value,
    prompts.prompt,
    declared.value || ' | ' || declared.subject AS value_name,
    prompts.subject = declared.subject AS own
FROM stereotypes AS declared
INNER JOIN prompts
    ON
        declared.week = prompts.week
        AND declared.model = prompts.model
        AND declared.suite = prompts.suite
        AND declared.suite_major = prompts.suite_major
        AND split_part(declared.subject, ':', 1) = split_part(prompts.subject, ':', 1)
WHERE declared.metric = 'stereotype_lift'
ORDER BY ALL
