-- Answers: which shares of the four weeks that end with a week stand beside a published statistic of the same
--   prompt?
-- Grain: model × suite × prompt × attribute × reference × value that the statistic names.
-- Columns: the prompt's text; k pictures of n show the value, n those with any value that the statistic
--   names; added: what scatter from week to week adds to the variance of the share, and freedom: its degrees
--   of freedom (NULL: many); expected_share and source of the statistic. Baseline prompts only; withheld
--   models, and labels that are not reliable, are left out.
-- Weeks: earlier
-- Depends on: window_scores, reference_values, prompts, plans, reliability
WITH figures AS (
    SELECT *
    FROM window_scores
    WHERE
        week = cast($week AS DATE)
        AND metric = 'share'
        AND prompt IS NOT NULL
        AND estimate IS NOT NULL
        AND condition = 'baseline'
        AND turn = 1
),

shown AS (
    SELECT
        figures.*,
        reference_values.reference AS statistic,
        reference_values.expected_share,
        reference_values.source,
        cast(round(figures.estimate * figures.n) AS BIGINT) AS k
    FROM figures
    INNER JOIN reference_values
        ON
            figures.week = reference_values.week
            AND figures.model = reference_values.model
            AND figures.suite = reference_values.suite
            AND figures.suite_major = reference_values.suite_major
            AND figures.prompt = reference_values.prompt
            AND figures.attribute = reference_values.attribute
            AND figures.value_name = reference_values.value
            AND (figures.scale = 'bands') = reference_values.banded
)

SELECT
    shown.model, shown.simulated, shown.track, shown.suite, shown.prompt, prompts.text, shown.attribute,
    shown.statistic AS reference,
    shown.value_name AS value,
    shown.k,
    cast(
        sum(shown.k) OVER (
            PARTITION BY
                shown.model, shown.suite, shown.suite_major, shown.prompt, shown.attribute, shown.statistic
        ) AS BIGINT
    ) AS n,
    shown.scatter ^ 2 / shown.weeks AS added,
    shown.scatter_freedom AS freedom,
    shown.expected_share,
    shown.source
FROM shown
INNER JOIN prompts USING (week, model, suite, suite_major, prompt)
INNER JOIN plans USING (week, model)
LEFT JOIN reliability
    ON
        shown.week = reliability.week
        AND plans.labeler = reliability.labeler
        AND shown.labeler_version = reliability.labeler_version
        AND shown.attribute = reliability.attribute
WHERE reliability.reliable IS DISTINCT FROM FALSE
ORDER BY shown.model, shown.suite, shown.prompt, shown.attribute, shown.statistic, shown.value_name
