-- Answers: how many pictures of one week were read as each value, in the cells of some suites?
-- Grain: cell (model × suite × prompt × turn × attribute × scale) × value of the support; the other pictures
--   of a cell are one row.
-- Columns: keys of the cell, position, value, in_support, pictures.
-- Depends on: scores (the shares of a cell times its pictures are its counts)
WITH cells AS (
    SELECT *
    FROM scores
    WHERE
        week = cast($week AS DATE)
        AND prompt IS NOT NULL
        AND metric IN ('share', 'pictures')
        AND list_contains($suites, suite)
),

seen AS (
    SELECT
        model, series, track, suite, suite_major, condition, prompt, turn, attribute, scale,
        labeler_version, value_name AS value,
        coalesce(cast(round(estimate * n) AS INTEGER), 0) AS pictures
    FROM cells
    WHERE metric = 'share'
),

drawn AS (
    SELECT
        model, suite, suite_major, prompt, turn,
        cast(estimate AS INTEGER) AS pictures
    FROM cells
    WHERE metric = 'pictures'
),

others AS (
    SELECT
        seen.model, seen.series, seen.track, seen.suite, seen.suite_major, seen.condition, seen.prompt,
        seen.turn, seen.attribute, seen.scale, seen.labeler_version,
        any_value(drawn.pictures) - sum(seen.pictures) AS pictures
    FROM seen
    INNER JOIN drawn USING (model, suite, suite_major, prompt, turn)
    GROUP BY
        seen.model, seen.series, seen.track, seen.suite, seen.suite_major, seen.condition, seen.prompt,
        seen.turn, seen.attribute, seen.scale, seen.labeler_version
)

SELECT
    model, series, track, suite, suite_major, condition, prompt, turn, attribute, scale, labeler_version,
    1 AS position,
    value,
    TRUE AS in_support,
    pictures
FROM seen
UNION ALL
SELECT
    model, series, track, suite, suite_major, condition, prompt, turn, attribute, scale, labeler_version,
    2 AS position,
    'none of them' AS value,
    FALSE AS in_support,
    cast(pictures AS INTEGER) AS pictures
FROM others
ORDER BY ALL
