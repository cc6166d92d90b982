-- Answers: Which values could the pictures of a week show, in the cells of some suites, and how many do? First
--   steps of effect_cells and effect_counts.
-- Grain: cell (model × suite × prompt × turn × attribute × scale) × value of the support; the other pictures of
--   a cell are one row.
-- Columns: keys of the cell, simulated, position, value, in_support, pictures; cell: number; seat: number, in
--   the order of the rows.
-- Depends on: scores (the shares of a cell times its pictures are its counts), plans, withheld
WITH hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
    WHERE NOT $withheld
),

drawn AS (
    SELECT
        scores.week, scores.model, scores.suite, scores.suite_major, scores.prompt, scores.turn,
        cast(scores.estimate AS INTEGER) AS pictures
    FROM scores
    ANTI JOIN hidden USING (week, model)
    WHERE
        scores.week BETWEEN cast($first AS DATE) AND cast($week AS DATE)
        AND scores.prompt IS NOT NULL
        AND scores.metric = 'pictures'
        AND list_contains($suites, scores.suite)
),

own AS (
    SELECT
        scores.model, scores.series, scores.params_hash, scores.track, plans.simulated, scores.suite,
        scores.suite_major, scores.condition, scores.prompt, scores.turn, scores.attribute, scores.scale,
        scores.labeler_version,
        1 AS position,
        scores.value_name AS value,
        TRUE AS in_support,
        coalesce(cast(round(scores.estimate * scores.n) AS INTEGER), 0) AS pictures
    FROM scores
    INNER JOIN plans USING (week, model)
    ANTI JOIN hidden USING (week, model)
    WHERE
        scores.week = cast($week AS DATE)
        AND scores.prompt IS NOT NULL
        AND scores.metric = 'share'
        AND list_contains($suites, scores.suite)
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
    FROM (
        FROM own
        UNION ALL BY NAME
        FROM others
    )
)

SELECT *
FROM seats
