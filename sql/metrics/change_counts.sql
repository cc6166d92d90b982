-- Answers: how many pictures of a suite were read as each value, by week?
-- Grain: model, labeler, labeler_version, suite, suite_major, condition, turn, prompt, attribute, value
--   (or band; only those that count).
-- Columns: those; at: weeks since the first, and pictures: of each of them; a week may stand twice.
-- Depends on: counts, attribute_values
WITH readers AS (
    SELECT unnest(reader)
    FROM (SELECT unnest($readers) AS reader) AS given
),

declared AS (
    SELECT
        week, model, suite, suite_major, attribute, value,
        coalesce(band, value) AS shown
    FROM attribute_values
    WHERE in_support AND suite = $suite
)

SELECT
    counts.model, counts.labeler, counts.labeler_version, counts.suite, counts.suite_major,
    counts.condition, counts.turn, counts.prompt, counts.attribute,
    coalesce(declared.shown, counts.value) AS value,
    list(cast(date_diff('day', cast($since AS DATE), counts.week) // 7 AS INTEGER)) AS at,
    list(counts.pictures) AS pictures
FROM counts
SEMI JOIN readers USING (model, labeler, labeler_version)
LEFT JOIN declared
    ON
        counts.week = declared.week
        AND counts.model = declared.model
        AND counts.suite_major = declared.suite_major
        AND counts.attribute = declared.attribute
        AND counts.value = declared.value
WHERE
    counts.week BETWEEN cast($since AS DATE) AND cast($last AS DATE)
    AND counts.suite = $suite
    AND (counts.condition <> 'confronted' OR counts.turn > 1)
    AND (
        declared.shown IS NOT NULL
        OR (starts_with(counts.attribute, 'all:') AND counts.value IN ('shown', 'other'))
    )
GROUP BY ALL
ORDER BY ALL
