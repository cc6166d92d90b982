-- Answers: Which values could the pictures of a week show, in the cells of some suites, and how many do?
--   First steps of effect_cells and effect_counts.
-- Grain: cell (model × suite × prompt × turn × attribute × scale) × value of the support; the other pictures
--   of a cell are one row.
-- Columns: keys of the cell, simulated, position, value, in_support, pictures; cell: number; seat: number, in
--   the order of the rows.
-- Depends on: plan_scores (the shares of a cell times its pictures are its counts), plans, withheld
WITH hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
    WHERE NOT $withheld
),

cells AS NOT MATERIALIZED (
    SELECT *
    FROM plan_scores
    WHERE
        week BETWEEN cast($first AS DATE) AND cast($week AS DATE)
        AND prompt IS NOT NULL
        AND metric IN ('share', 'pictures')
        AND list_contains($suites, suite)
),

seen AS NOT MATERIALIZED (
    SELECT cells.*
    FROM cells
    ANTI JOIN hidden USING (week, model)
),

drawn AS (
    SELECT
        week, model, suite, suite_major, prompt, turn,
        cast(estimate AS INTEGER) AS pictures
    FROM seen
    WHERE metric = 'pictures'
),

own AS (
    SELECT
        seen.model, seen.series, seen.params_hash, seen.track, plans.simulated, seen.suite, seen.suite_major,
        seen.condition, seen.prompt, seen.turn, seen.attribute, seen.scale, seen.labeler_version,
        1 AS position,
        seen.value_name AS value,
        TRUE AS in_support,
        coalesce(cast(round(seen.estimate * seen.n) AS INTEGER), 0) AS pictures
    FROM seen
    INNER JOIN plans USING (week, model)
    WHERE seen.week = cast($week AS DATE) AND seen.metric = 'share'
),

others AS (
    SELECT
        own.* EXCLUDE (position, value, in_support, pictures),
        2 AS position,
        'none of them' AS value,
        FALSE AS in_support,
        cast(any_value(drawn.pictures) - sum(own.pictures) AS INTEGER) AS pictures
    FROM own
    INNER JOIN drawn USING (model, suite, suite_major, prompt, turn)
    WHERE drawn.week = cast($week AS DATE)
    GROUP BY ALL
),

every AS (
    FROM own
    UNION ALL BY NAME
    FROM others
),

seats AS (
    SELECT
        *,
        dense_rank() OVER (
            ORDER BY
                model, series, params_hash, track, simulated, suite, suite_major, condition, prompt, turn,
                attribute, scale, labeler_version
        ) - 1 AS cell,
        row_number() OVER (
            ORDER BY
                model, series, params_hash, track, simulated, suite, suite_major, condition, prompt, turn,
                attribute, scale, labeler_version, position, value
        ) - 1 AS seat
    FROM every
)

SELECT *
FROM seats
