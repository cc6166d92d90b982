-- Answers: how many pictures did the clusters of each prompt hold in each of the weeks that end with a week?
--   Of the same series, read by the same version of the labeler; of withheld weeks nothing.
-- Grain: cell of seats × week, in no order; only where a picture of a cluster was assessed.
-- Columns: keys of the cell; back: how many weeks before the last; pictures: those of clusters; clusters;
--   squares: Σ m², m the pictures of a cluster; within: Σ x² / m, x those that show a value.
-- Depends on: clusters, labels, slot_outcomes, scores, plans, prompts, prompt_attributes, attribute_values,
--   withheld
-- Uses: window_seats
WITH hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

drawn AS (
    SELECT
        attributes.model, attributes.suite, attributes.suite_major, attributes.condition, attributes.turn,
        attributes.attribute, slot_outcomes.prompt, clusters.week, clusters.cluster,
        coalesce(attribute_values.band, attribute_values.value) AS value,
        count(*) AS x
    FROM clusters
    INNER JOIN slot_outcomes USING (week, model, slot_key)
    INNER JOIN plans USING (week, model)
    INNER JOIN labels USING (week, model, slot_key)
    INNER JOIN attributes
        ON
            clusters.model = attributes.model
            AND plans.series = attributes.series
            AND plans.params_hash = attributes.params_hash
            AND slot_outcomes.suite = attributes.suite
            AND slot_outcomes.suite_major = attributes.suite_major
            AND slot_outcomes.condition = attributes.condition
            AND least(slot_outcomes.turn, 2) = attributes.turn
            AND labels.attribute = attributes.attribute
            AND labels.labeler_version = attributes.labeler_version
    INNER JOIN attribute_values
        ON
            clusters.week = attribute_values.week
            AND clusters.model = attribute_values.model
            AND slot_outcomes.suite = attribute_values.suite
            AND slot_outcomes.suite_major = attribute_values.suite_major
            AND labels.attribute = attribute_values.attribute
            AND labels.value = attribute_values.value
    LEFT JOIN hidden ON clusters.week = hidden.week AND clusters.model = hidden.model
    WHERE
        clusters.week BETWEEN cast($first AS DATE) AND cast($week AS DATE)
        AND labels.labeler = plans.labeler
        AND attribute_values.in_support
        AND hidden.model IS NULL
    GROUP BY ALL
),

sizes AS (
    SELECT
        * EXCLUDE (value, x),
        sum(x) AS m,
        sum(x * x) / sum(x) AS within
    FROM drawn
    GROUP BY ALL
)

SELECT
    model, suite, suite_major, condition, turn, attribute, prompt,
    cast(date_diff('day', week, cast($week AS DATE)) // 7 AS INTEGER) AS back,
    cast(sum(m) AS DOUBLE) AS pictures,
    cast(count(*) AS DOUBLE) AS clusters,
    cast(sum(m * m) AS DOUBLE) AS squares,
    sum(within) AS within
FROM sizes
GROUP BY model, suite, suite_major, condition, turn, attribute, prompt, week
