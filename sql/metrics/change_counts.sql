-- Answers: how many pictures of a suite were read as each value, by week?
-- Grain: model, labeler, labeler_version, suite, suite_major, condition, turn, prompt, attribute, value
--   (or band; only those that count).
-- Columns: those; at: weeks since the first, and pictures: of each of them; a week may stand twice.
-- Depends on: counts, attribute_values
WITH readers AS (
    SELECT unnest(reader)
    FROM (SELECT unnest($readers) AS reader) AS given
),

of_suite AS (
    SELECT
        week, model, labeler, labeler_version, suite, suite_major, condition, turn, prompt, attribute, value,
        pictures,
        cast(date_diff('day', cast($first AS DATE), week) // 7 AS INTEGER) AS place
    FROM counts
    WHERE
        week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
        AND suite = $suite
        AND (condition <> 'confronted' OR turn > 1)
),

declared AS (
    SELECT
        week, model, suite, suite_major, attribute, value,
        coalesce(band, value) AS shown
    FROM attribute_values
    WHERE
        week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
        AND suite = $suite
        AND in_support
)

SELECT
    counts.model, counts.labeler, counts.labeler_version, counts.suite, counts.suite_major,
    counts.condition, counts.turn, counts.prompt, counts.attribute,
    coalesce(declared.shown, counts.value) AS value,
    list(counts.place) AS at,
    list(counts.pictures) AS pictures
FROM of_suite AS counts
SEMI JOIN readers USING (model, labeler, labeler_version)
LEFT JOIN declared
    ON
        counts.week = declared.week
        AND counts.model = declared.model
        AND counts.suite_major = declared.suite_major
        AND counts.attribute = declared.attribute
        AND counts.value = declared.value
WHERE
    declared.shown IS NOT NULL
    OR (starts_with(counts.attribute, 'all:') AND counts.value IN ('shown', 'other'))
GROUP BY ALL
ORDER BY
    counts.model, counts.labeler, counts.labeler_version, counts.suite_major, counts.condition, counts.turn,
    counts.prompt, counts.attribute, value
