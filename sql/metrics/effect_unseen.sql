-- Answers: how many answers of the weeks from $first to $week are there, and how many show no value, in the
--   cells of some suites? Of earlier weeks only what is of the same series and was read by the same version
--   of the labeler as in the last; of weeks in which the model was withheld nothing, unless $withheld.
-- Grain: cell of seats × week, in no order; only where there are answers.
-- Columns: those; back: how many weeks before the last; unseen: answers that show no value of the support,
--   refusals among them; answers.
-- Depends on: plan_scores, plans, withheld
-- Uses: effect_seats
WITH parts AS NOT MATERIALIZED (
    SELECT
        week, model, series, params_hash, suite, suite_major, prompt, turn, attribute, labeler_version,
        metric, n,
        coalesce(round(estimate * n), 0) AS k
    FROM plan_scores
    WHERE
        week BETWEEN cast($first AS DATE) AND cast($week AS DATE)
        AND prompt IS NOT NULL
        AND metric IN ('assessed_rate', 'refused_rate')
        AND list_contains($suites, suite)
),

rated AS (
    SELECT parts.*
    FROM parts
    ANTI JOIN hidden USING (week, model)
),

places AS (
    SELECT DISTINCT
        cell, model, series, params_hash, suite, suite_major, prompt, turn, attribute, labeler_version
    FROM seats
),

answered AS (
    SELECT
        places.cell, looked.week,
        looked.n - looked.k + coalesce(refused.k, 0) AS unseen,
        looked.n + coalesce(refused.k, 0) AS answers
    FROM places
    INNER JOIN rated AS looked
        ON
            places.model = looked.model
            AND places.series = looked.series
            AND places.params_hash = looked.params_hash
            AND places.suite = looked.suite
            AND places.suite_major = looked.suite_major
            AND places.prompt = looked.prompt
            AND places.turn = looked.turn
            AND places.attribute = looked.attribute
            AND places.labeler_version IS NOT DISTINCT FROM looked.labeler_version
    LEFT JOIN rated AS refused
        ON
            looked.week = refused.week
            AND looked.model = refused.model
            AND looked.suite = refused.suite
            AND looked.suite_major = refused.suite_major
            AND looked.prompt = refused.prompt
            AND looked.turn = refused.turn
            AND refused.metric = 'refused_rate'
    WHERE looked.metric = 'assessed_rate'
)

SELECT
    cell,
    cast(date_diff('day', week, cast($week AS DATE)) // 7 AS INTEGER) AS back,
    cast(unseen AS INTEGER) AS unseen,
    cast(answers AS INTEGER) AS answers
FROM answered
WHERE answers > 0
