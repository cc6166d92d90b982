-- Answers: Which pictures of each window were drawn together, and what do they show? Steps of the audit
--   queries that name this text under "Uses", after those of read_from_labels and window_cells; those of
--   design_effects follow.
-- Grain: cluster_values: window (id) × prompt × week × cluster × value.
-- Columns: x pictures of the cluster that show the value; one without a cluster is its own.
-- Depends on: readings, declared, windows, weekly, clusters
WITH drawn_together AS (
    SELECT DISTINCT model FROM clusters
),

cluster_values AS (
    SELECT
        windows.id, readings.prompt, readings.week, readings.value,
        coalesce(clusters.cluster, readings.slot_key) AS cluster,
        count(*) AS x
    FROM windows
    INNER JOIN readings
        ON
            windows.model = readings.model
            AND windows.suite = readings.suite
            AND windows.suite_major = readings.suite_major
            AND windows.condition = readings.condition
            AND windows.turn = readings.turn
            AND windows.attribute = readings.attribute
    INNER JOIN declared
        ON
            readings.week = declared.week
            AND readings.model = declared.model
            AND readings.suite = declared.suite
            AND readings.suite_major = declared.suite_major
            AND readings.attribute = declared.attribute
            AND readings.value = declared.value
    SEMI JOIN drawn_together ON windows.model = drawn_together.model
    SEMI JOIN weekly
        ON
            windows.id = weekly.id
            AND readings.prompt = weekly.prompt
            AND readings.week = weekly.seen
            AND weekly.pooled
    LEFT JOIN clusters
        ON
            readings.week = clusters.week
            AND readings.model = clusters.model
            AND readings.slot_key = clusters.slot_key
    WHERE declared.in_support
    GROUP BY ALL
)

SELECT * FROM cluster_values
