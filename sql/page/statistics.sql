-- Answers: which shares of one week's pictures stand beside a published statistic of the same prompt?
-- Grain: model × suite × prompt × attribute × reference × value that the statistic names.
-- Columns: the prompt's text; k pictures of n show the value, n those with any value that the statistic
--   names; expected_share and source of the statistic. Baseline prompts only; withheld models, and labels
--   that are not reliable, are left out.
-- Weeks: earlier
-- Depends on: cell_shares, reference_values, prompts, withheld, plans, scores, reliability
WITH shown AS (
    SELECT
        cell_shares.*,
        reference_values.reference, reference_values.expected_share, reference_values.source
    FROM cell_shares
    INNER JOIN reference_values
        ON
            cell_shares.week = reference_values.week
            AND cell_shares.model = reference_values.model
            AND cell_shares.suite = reference_values.suite
            AND cell_shares.suite_major = reference_values.suite_major
            AND cell_shares.prompt = reference_values.prompt
            AND cell_shares.attribute = reference_values.attribute
            AND cell_shares.value = reference_values.value
            AND (cell_shares.scale = 'bands') = reference_values.banded
    WHERE
        cell_shares.week = cast($week AS DATE)
        AND cell_shares.condition = 'baseline'
        AND cell_shares.turn = 1
),

read_by AS (
    SELECT DISTINCT
        scores.week, scores.model, scores.attribute, plans.labeler, scores.labeler_version
    FROM scores
    INNER JOIN plans USING (week, model)
    WHERE scores.week = cast($week AS DATE) AND scores.metric = 'share' AND scores.prompt IS NULL
)

SELECT
    shown.model, shown.simulated, shown.track, shown.suite, shown.prompt, prompts.text, shown.attribute,
    shown.reference, shown.value, shown.pictures AS k,
    cast(
        sum(shown.pictures) OVER (
            PARTITION BY
                shown.model, shown.suite, shown.suite_major, shown.prompt, shown.attribute, shown.reference
        ) AS BIGINT
    ) AS n,
    shown.expected_share, shown.source
FROM shown
INNER JOIN prompts USING (week, model, suite, suite_major, prompt)
LEFT JOIN read_by USING (week, model, attribute)
LEFT JOIN reliability
    ON
        read_by.week = reliability.week
        AND read_by.labeler = reliability.labeler
        AND read_by.labeler_version = reliability.labeler_version
        AND read_by.attribute = reliability.attribute
ANTI JOIN withheld USING (week, model)
WHERE reliability.reliable IS DISTINCT FROM FALSE
ORDER BY shown.model, shown.suite, shown.prompt, shown.attribute, shown.reference, shown.value
