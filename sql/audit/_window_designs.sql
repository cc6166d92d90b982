-- Answers: How much do the pictures of each window that were drawn together count? Steps of the audit queries
--   that name this text under "Uses", after those of read_from_labels and window_cells.
-- Grain: designs: window (id) × prompt ('': the whole suite) with an assessed picture.
-- Columns: n pictures, in how many clusters; freedom between clusters and correlation, of the suite; several:
--   whether some cluster of it holds two pictures; effect: how many pictures of a prompt count as one.
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
),

cluster_sizes AS (
    SELECT
        id, prompt, week, cluster,
        sum(x) AS m,
        sum(x * x) / sum(x) AS within
    FROM cluster_values
    GROUP BY id, prompt, week, cluster
),

cell_values AS (
    SELECT
        id, prompt, value,
        sum(x) AS x
    FROM cluster_values
    GROUP BY id, prompt, value
),

cell_totals AS (
    SELECT
        id, prompt,
        sum(x * x) / sum(x) AS cell
    FROM cell_values
    GROUP BY id, prompt
),

clustered AS (
    SELECT
        id, prompt,
        sum(m) AS n,
        count(*) AS clusters,
        sum(m * m) AS squares,
        sum(within) AS within
    FROM cluster_sizes
    GROUP BY id, prompt
),

beside AS (
    SELECT
        clustered.*,
        cell_totals.cell
    FROM clustered
    INNER JOIN cell_totals USING (id, prompt)
),

variances AS (
    SELECT
        id,
        sum(n) AS n,
        sum(clusters) AS clusters,
        sum(squares) AS squares,
        sum(clusters) - count(*) AS between,
        sum(n) - sum(clusters) AS inside,
        (sum(n) - sum(squares / n)) / nullif(sum(clusters) - count(*), 0) AS size,
        sum(within - cell) / nullif(sum(clusters) - count(*), 0) AS of_clusters,
        sum(n - within) / nullif(sum(n) - sum(clusters), 0) AS of_pictures
    FROM beside
    GROUP BY id
),

correlations AS (
    SELECT
        *,
        CASE
            WHEN inside = 0 THEN 0
            WHEN between < 10 OR NOT coalesce(of_clusters + (size - 1) * of_pictures > 0, FALSE) THEN 1
            ELSE
                least(
                    greatest((of_clusters - of_pictures) / (of_clusters + (size - 1) * of_pictures), 0), 1
                )
        END AS correlation
    FROM variances
),

designs AS (
    SELECT
        clustered.id, clustered.prompt, clustered.n, clustered.clusters, correlations.between AS freedom,
        correlations.correlation,
        correlations.inside > 0 AS several,
        1 + greatest(clustered.squares / clustered.n - 1, 0) * correlations.correlation AS effect
    FROM clustered
    INNER JOIN correlations USING (id)
    UNION ALL
    SELECT
        id,
        '' AS prompt,
        n, clusters,
        between AS freedom,
        correlation,
        inside > 0 AS several,
        1 + greatest(squares / n - 1, 0) * correlation AS effect
    FROM correlations
)

SELECT * FROM designs
