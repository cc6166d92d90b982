-- Answers: beside which prompts is a value looked at that the analysis file declares a stereotype of some?
-- Grain: model × suite × declared value × prompt of the same kind of subject.
-- Columns: those; reference: the statistic, or stereotypes; value_name, written value | subject; own: the
--   prompt names the group; expected: share of the statistic, 0 without one; declared: pairs of the board.
-- Depends on: stereotype_pairs, prompts, reference_values
-- Uses: stated_shares
WITH pairs AS (
    SELECT
        *,
        coalesce(statistic, 'stereotypes') AS reference,
        count(*) OVER (PARTITION BY suite, suite_major, attribute, statistic) AS declared
    FROM stereotype_pairs
)

SELECT
    prompts.week, prompts.model, prompts.suite, prompts.suite_major, pairs.attribute, pairs.value,
    prompts.prompt, pairs.reference,
    pairs.value || ' | ' || pairs.subject AS value_name,
    prompts.subject = pairs.subject AS own,
    pairs.declared,
    CASE WHEN pairs.statistic IS NULL THEN 0 ELSE stated.expected_share END AS expected
FROM pairs
INNER JOIN prompts
    ON
        pairs.suite = prompts.suite
        AND pairs.suite_major = prompts.suite_major
        AND split_part(pairs.subject, ':', 1) = split_part(prompts.subject, ':', 1)
LEFT JOIN stated
    ON
        prompts.week = stated.week
        AND prompts.model = stated.model
        AND prompts.suite = stated.suite
        AND prompts.suite_major = stated.suite_major
        AND prompts.prompt = stated.prompt
        AND pairs.attribute = stated.attribute
        AND pairs.statistic = stated.reference
        AND pairs.value = stated.value
WHERE pairs.statistic IS NULL OR stated.expected_share IS NOT NULL
ORDER BY ALL
