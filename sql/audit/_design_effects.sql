-- Answers: How much do pictures that were drawn together count? Steps of the audit queries that name this
--   text under "Uses", after a step cluster_values.
-- Grain: designs: group (id) × prompt ('': the whole group) with an assessed picture.
-- Columns: n pictures, in how many clusters; freedom between clusters and correlation, of the group; several:
--   whether some cluster of it holds two pictures; effect: how many pictures of a prompt count as one.
-- Depends on: cluster_values (id: the group in which pictures are alike in the same way; prompt, week,
--   cluster, value, x pictures)
WITH cluster_sizes AS (
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

cells_beside AS (
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
    FROM cells_beside
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
