-- Answers: which prompts make the boards of declared stereotypes of one week?
-- Grain: model × suite × declared value × prompt of its group.
-- Columns: those; pair, written value | subject.
-- Depends on: stereotype_pairs, prompts
SELECT
    prompts.model, prompts.suite, prompts.suite_major, pairs.attribute, pairs.value, prompts.prompt,
    pairs.value || ' | ' || pairs.subject AS pair
FROM stereotype_pairs AS pairs
INNER JOIN prompts USING (suite, suite_major, subject)
WHERE prompts.week = cast($week AS DATE) AND pairs.statistic IS NULL
ORDER BY ALL
