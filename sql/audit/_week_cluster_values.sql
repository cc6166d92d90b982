-- Answers: Which pictures of each week were drawn together, and what do they show? Steps of the audit queries
--   that name this text under "Uses", after those of read_from_labels; those of design_effects follow.
-- Grain: cluster_values: group (id: week, model, suite, suite_major, condition, turn, attribute) × prompt ×
--   week × cluster × value; only of models of which something was drawn together in that week.
-- Columns: x pictures of the cluster that show the value; one without a cluster is its own.
-- Depends on: readings, declared, clusters
WITH drawn_together AS (
    SELECT DISTINCT
        week, model
    FROM clusters
),

cluster_values AS (
    SELECT
        hash(
            readings.week, readings.model, readings.suite, readings.suite_major, readings.condition,
            readings.turn, readings.attribute
        ) AS id,
        readings.prompt, readings.week, readings.value,
        coalesce(clusters.cluster, readings.slot_key) AS cluster,
        count(*) AS x
    FROM readings
    INNER JOIN declared USING (week, model, suite, suite_major, attribute, value)
    SEMI JOIN drawn_together ON readings.week = drawn_together.week AND readings.model = drawn_together.model
    LEFT JOIN clusters
        ON
            readings.week = clusters.week
            AND readings.model = clusters.model
            AND readings.slot_key = clusters.slot_key
    WHERE declared.in_support
    GROUP BY ALL
)

SELECT * FROM cluster_values
