-- Answers: of which pairs of prompts are the changes of shares made, in the four weeks that end with a week?
-- Grain: one row for each model × comparison × pair of prompts × attribute × value that entered: of several
--   pairs those with five pictures or more on both sides.
-- Columns: those; changed_week: the week since which pictures count, if a change of them was reported;
--   series, params_hash, labeler_version: what the pictures have in common.
-- Depends on: words, changes, plans
WITH begun AS (
    SELECT
        model, attribute,
        max(changed_week) AS changed_week
    FROM changes
    WHERE week <= cast($week AS DATE)
    GROUP BY model, attribute
),

pairs AS (
    SELECT *
    FROM words
    WHERE week = cast($week AS DATE) AND subject IS NOT NULL
    QUALIFY
        estimate IS NOT NULL
        AND (
            least(n_a, n_b) >= 5
            OR count(*) OVER (
                PARTITION BY model, suite, suite_major, kind, a, b, attribute, labeler_version, value
            ) = 1
        )
)

SELECT
    p.suite, p.suite_major, p.kind, p.a, p.b, p.model, p.attribute, p.value, p.prompt_a, p.prompt_b,
    begun.changed_week, plans.series, plans.params_hash, p.labeler_version
FROM pairs AS p
INNER JOIN plans USING (week, model)
LEFT JOIN begun
    ON p.model = begun.model AND p.attribute = begun.attribute
ORDER BY
    p.suite, p.suite_major, p.kind, p.a, p.b, p.model, p.attribute, p.value, p.prompt_a, p.prompt_b
