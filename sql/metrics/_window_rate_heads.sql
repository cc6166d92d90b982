-- Answers: Which rates and combinations has a week, whose windows end with it? First steps of
--   window_rate_heads and window_rates.
-- Grain: model × suite × condition × attribute × metric × value (of a rate of the week itself).
-- Columns: those; suite_key: number of the rate, in the order of the rows; reason: why the week itself has no
--   figure.
-- Depends on: plan_scores, plans, withheld
WITH hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

-- what is of several attributes names no labeler in scores
read_by AS (
    SELECT
        week, model,
        max(labeler_version) AS version
    FROM plan_scores
    WHERE
        week BETWEEN cast($first AS DATE) AND cast($week AS DATE)
        AND metric = 'assessed_rate'
        AND prompt IS NULL
    GROUP BY week, model
),

found AS NOT MATERIALIZED (
    SELECT
        week, model, series, params_hash, track, suite, suite_major, condition, turn, attribute, scale,
        labeler_version, metric, value_name, prompt, estimate, n, reason
    FROM plan_scores
    WHERE
        week BETWEEN cast($first AS DATE) AND cast($week AS DATE)
        AND list_contains($metrics, metric)
        AND (condition <> 'confronted' OR turn > 1)
),

rates AS NOT MATERIALIZED (
    SELECT
        found.* REPLACE (
            CASE WHEN found.metric = 'combination_share' THEN read_by.version ELSE found.labeler_version END
                AS labeler_version
        )
    FROM found
    LEFT JOIN read_by USING (week, model)
    LEFT JOIN hidden USING (week, model)
    WHERE hidden.model IS NULL
),

heads AS (
    SELECT
        rates.model, rates.series, rates.params_hash, rates.track, plans.simulated, rates.suite,
        rates.suite_major, rates.condition, rates.turn, rates.attribute, rates.scale, rates.labeler_version,
        rates.metric, rates.value_name, rates.reason,
        row_number() OVER (
            ORDER BY
                rates.model, rates.suite, rates.suite_major, rates.condition, rates.turn, rates.attribute,
                rates.metric, rates.value_name
        ) - 1 AS suite_key
    FROM rates
    INNER JOIN plans USING (week, model)
    WHERE rates.week = cast($week AS DATE) AND rates.prompt IS NULL
)

SELECT *
FROM heads
