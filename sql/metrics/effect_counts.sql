-- Answers: how many pictures of the weeks from $first to $week were read as each value, in the cells of some
--   suites? Of earlier weeks only what is of the same series and was read by the same version of the labeler
--   as in the last; of weeks in which the model was withheld nothing, unless $withheld.
-- Grain: cell (model × suite × prompt × turn × attribute × scale) × value of the support × week; the other
--   pictures of a cell are one row. Of earlier weeks only where there are any.
-- Columns: keys of the cell, simulated, position, value, in_support, back (how many weeks before the last),
--   pictures.
-- Depends on: scores (the shares of a cell times its pictures are its counts), plans, withheld
WITH hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
    WHERE NOT $withheld
),

every_cell AS (
    SELECT *
    FROM scores
    WHERE
        week BETWEEN cast($first AS DATE) AND cast($week AS DATE)
        AND prompt IS NOT NULL
        AND metric IN ('share', 'pictures')
        AND list_contains($suites, suite)
),

cells AS (
    SELECT every_cell.*
    FROM every_cell
    ANTI JOIN hidden USING (week, model)
),

heads AS (
    SELECT DISTINCT
        cells.model, cells.series, cells.params_hash, cells.track, plans.simulated, cells.suite,
        cells.suite_major, cells.condition, cells.prompt, cells.turn, cells.attribute, cells.scale,
        cells.labeler_version
    FROM cells
    INNER JOIN plans USING (week, model)
    WHERE cells.metric = 'share' AND cells.week = cast($week AS DATE)
),

seen AS (
    SELECT
        heads.*, cells.week,
        cells.value_name AS value,
        coalesce(cast(round(cells.estimate * cells.n) AS INTEGER), 0) AS pictures
    FROM cells
    INNER JOIN heads
        ON
            cells.model = heads.model
            AND cells.series = heads.series
            AND cells.params_hash = heads.params_hash
            AND cells.suite = heads.suite
            AND cells.suite_major = heads.suite_major
            AND cells.prompt = heads.prompt
            AND cells.turn = heads.turn
            AND cells.attribute = heads.attribute
            AND cells.labeler_version IS NOT DISTINCT FROM heads.labeler_version
    WHERE cells.metric = 'share'
),

drawn AS (
    SELECT
        week, model, suite, suite_major, prompt, turn,
        cast(estimate AS INTEGER) AS pictures
    FROM cells
    WHERE metric = 'pictures'
),

others AS (
    SELECT
        seen.week, seen.model, seen.series, seen.params_hash, seen.track, seen.simulated, seen.suite,
        seen.suite_major, seen.condition, seen.prompt, seen.turn, seen.attribute, seen.scale,
        seen.labeler_version,
        any_value(drawn.pictures) - sum(seen.pictures) AS pictures
    FROM seen
    INNER JOIN drawn USING (week, model, suite, suite_major, prompt, turn)
    GROUP BY ALL
),

every AS (
    SELECT
        *,
        1 AS position,
        TRUE AS in_support
    FROM seen
    UNION ALL BY NAME
    SELECT
        * REPLACE (cast(pictures AS INTEGER) AS pictures),
        2 AS position,
        'none of them' AS value,
        FALSE AS in_support
    FROM others
)

SELECT
    model, series, params_hash, track, simulated, suite, suite_major, condition, prompt, turn, attribute,
    scale, labeler_version, position, value, in_support,
    cast(date_diff('day', week, cast($week AS DATE)) // 7 AS INTEGER) AS back,
    pictures
FROM every
WHERE pictures > 0 OR week = cast($week AS DATE)
ORDER BY ALL
