-- Answers: how many pictures of a suite were read as each value, by week?
-- Grain: model, labeler, labeler_version, suite, suite_major, condition, turn, prompt, attribute, and value
--   as it was read.
-- Columns: those, value as its band (only what counts; a band may have several rows); at: weeks since
--   the first, and pictures: of each of them.
-- Depends on: counts, attribute_values
WITH readers AS (
    SELECT unnest(reader)
    FROM (SELECT unnest($readers) AS reader) AS given
),

of_suite AS (
    SELECT
        model, labeler, labeler_version, suite, suite_major, condition, turn, prompt, attribute, value,
        list(cast(date_diff('day', cast($first AS DATE), week) // 7 AS INTEGER)) AS places,
        list(pictures) AS pictures
    FROM counts
    WHERE
        week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
        AND suite = $suite
        AND (condition <> 'confronted' OR turn > 1)
    GROUP BY ALL
),

planned AS (
    SELECT
        model, suite_major, attribute, value, in_support,
        coalesce(band, value) AS shown,
        cast(date_diff('day', cast($first AS DATE), week) // 7 AS INTEGER) AS place
    FROM attribute_values
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE) AND suite = $suite
),

-- lists of weeks are joined, and not each week: nearly all values count alike in every week
declared AS (
    SELECT
        model, suite_major, attribute, value,
        any_value(shown) AS shown,
        count(DISTINCT shown) = 1 AND bool_and(in_support) AS alike
    FROM planned
    GROUP BY model, suite_major, attribute, value
    HAVING bool_or(in_support)
),

each_week AS (
    SELECT
        of_suite.*,
        declared.alike, declared.shown
    FROM of_suite
    SEMI JOIN readers USING (model, labeler, labeler_version)
    LEFT JOIN declared USING (model, suite_major, attribute, value)
),

otherwise AS (
    SELECT
        * EXCLUDE (places, pictures, alike, shown),
        unnest(places) AS place,
        unnest(pictures) AS pictures
    FROM each_week
    WHERE NOT alike
),

found AS (
    SELECT * REPLACE (coalesce(shown, value) AS value)
    FROM each_week
    WHERE alike OR (starts_with(attribute, 'all:') AND value IN ('shown', 'other'))
    UNION ALL BY NAME
    SELECT
        otherwise.* EXCLUDE (place, pictures, value),
        planned.shown AS value,
        list(place) AS places,
        list(otherwise.pictures) AS pictures
    FROM otherwise
    INNER JOIN planned USING (model, suite_major, attribute, value, place)
    WHERE planned.in_support
    GROUP BY ALL
)

SELECT
    model, labeler, labeler_version, suite, suite_major, condition, turn, prompt, attribute, value,
    places AS at,
    pictures
FROM found
ORDER BY model, labeler, labeler_version, suite_major, condition, turn, prompt, attribute, value, places
