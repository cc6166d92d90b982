-- Answers: how many pictures did the clusters of each cell hold in each of some weeks?
-- Grain: week × cell × version of the planned labeler, in no order; only where a picture of a cluster was
--   assessed.
-- Columns: keys of the cell; pictures: those of clusters; clusters; squares: Σ m², m the pictures of a
--   cluster; within: Σ x² / m, x those that show a value.
-- Depends on: clusters, labels, slot_outcomes, plans, attribute_values
WITH drawn AS (
    SELECT
        clusters.week, clusters.model, slot_outcomes.series, slot_outcomes.params_hash, slot_outcomes.suite,
        slot_outcomes.suite_major, slot_outcomes.condition, slot_outcomes.prompt, labels.attribute,
        labels.labeler_version, clusters.cluster,
        least(slot_outcomes.turn, 2) AS turn,
        coalesce(attribute_values.band, attribute_values.value) AS value,
        count(*) AS x
    FROM clusters
    INNER JOIN slot_outcomes USING (week, model, slot_key)
    INNER JOIN plans USING (week, model)
    INNER JOIN labels USING (week, model, slot_key, labeler)
    INNER JOIN attribute_values
        ON
            clusters.week = attribute_values.week
            AND clusters.model = attribute_values.model
            AND slot_outcomes.suite = attribute_values.suite
            AND slot_outcomes.suite_major = attribute_values.suite_major
            AND labels.attribute = attribute_values.attribute
            AND labels.value = attribute_values.value
    WHERE slot_outcomes.is_picture AND attribute_values.in_support
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
    week, model, series, params_hash, suite, suite_major, condition, turn, attribute, labeler_version, prompt,
    cast(sum(m) AS DOUBLE) AS pictures,
    cast(count(*) AS DOUBLE) AS clusters,
    cast(sum(m * m) AS DOUBLE) AS squares,
    sum(within) AS within
FROM sizes
GROUP BY
    week, model, series, params_hash, suite, suite_major, condition, turn, attribute, labeler_version, prompt
