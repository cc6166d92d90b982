-- Answers: What do the pictures of four weeks say of each model, and how much does it scatter from week to
--   week? Recomputed from attempts and labels alone, to be held against `window_scores`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn, attribute,
--   reference, scale, metric, value_name.
-- Columns: those of window_scores; metric is share, distance2, or stereotype_share and stereotype_others
--   (over all pairs); first_week as far as an opened change moves it;
--   low and high of shares alone.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, reference_values, stereotype_pairs,
--   yardsticks, plans, attempts, outcomes, labels, clusters, withheld, drift_events
-- Uses: read_from_labels
WITH
-- Uses: window_cells

-- Uses: window_cluster_values

-- Uses: design_effects

window_prompts AS (
    SELECT DISTINCT
        id, prompt
    FROM weekly
),

-- a row for the prompt wins over one for every prompt
expected AS (
    SELECT
        windows.id, reference_values.reference, window_prompts.prompt, reference_values.value,
        reference_values.expected_share AS q
    FROM windows
    INNER JOIN reference_values
        ON
            windows.week = reference_values.week
            AND windows.model = reference_values.model
            AND windows.suite = reference_values.suite
            AND windows.suite_major = reference_values.suite_major
            AND windows.attribute = reference_values.attribute
            AND (windows.scale = 'bands') = reference_values.banded
    SEMI JOIN yardsticks
        ON
            windows.suite = yardsticks.suite
            AND windows.suite_major = yardsticks.suite_major
            AND windows.attribute = yardsticks.attribute
            AND reference_values.reference = yardsticks.reference
    INNER JOIN window_prompts
        ON
            windows.id = window_prompts.id
            AND window_prompts.prompt = coalesce(reference_values.prompt, window_prompts.prompt)
    QUALIFY
        reference_values.prompt IS NOT NULL
        OR NOT bool_or(reference_values.prompt IS NOT NULL)
            OVER (PARTITION BY windows.id, reference_values.reference, window_prompts.prompt)
),

pictures AS (
    SELECT
        id,
        '' AS reference,
        prompt, subject, value,
        cast(NULL AS DOUBLE) AS q,
        seen, pooled, x, n
    FROM weekly
    UNION ALL
    SELECT
        weekly.id, expected.reference, weekly.prompt, weekly.subject, weekly.value, expected.q, weekly.seen,
        weekly.pooled, weekly.x,
        sum(weekly.x) OVER (PARTITION BY weekly.id, expected.reference, weekly.prompt, weekly.seen) AS n
    FROM weekly
    INNER JOIN expected USING (id, prompt, value)
),

-- the independent pictures that those drawn together are worth
shown AS (
    SELECT
        pictures.* EXCLUDE (x, n),
        pictures.n AS counted,
        pictures.x / coalesce(designs.effect, 1) AS x,
        pictures.n / coalesce(designs.effect, 1) AS n
    FROM pictures
    LEFT JOIN designs USING (id, prompt)
),

pooled AS (
    SELECT
        id, reference, prompt, subject, value, q,
        coalesce(sum(x) FILTER (WHERE pooled), 0) AS x,
        coalesce(sum(n) FILTER (WHERE pooled), 0) AS n,
        sum(x) / nullif(sum(n), 0) AS p,
        sum(n) AS total
    FROM shown
    GROUP BY ALL
    HAVING coalesce(sum(counted) FILTER (WHERE pooled), 0) >= 5 AND sum(n) FILTER (WHERE pooled) >= 2
),

sides AS (
    SELECT
        pooled.id, pooled.prompt, pooled.value, pooled.x, pooled.n, pooled.p, pooled.total, pairs.subject,
        CASE WHEN pooled.subject = pairs.subject THEN 'stereotype_share' ELSE 'stereotype_others' END
            AS metric,
        count(*) OVER (PARTITION BY pooled.id, pairs.value, pairs.subject, pooled.subject = pairs.subject)
            AS prompts
    FROM pooled
    INNER JOIN windows USING (id)
    INNER JOIN stereotype_pairs AS pairs
        ON
            windows.suite = pairs.suite
            AND windows.suite_major = pairs.suite_major
            AND windows.attribute = pairs.attribute
            AND pooled.value = pairs.value
            AND split_part(pooled.subject, ':', 1) = split_part(pairs.subject, ':', 1)
    WHERE pairs.statistic IS NULL AND pooled.reference = ''
),

told AS (
    SELECT
        id, metric,
        count(DISTINCT value || ' | ' || subject) AS pairs
    FROM sides
    GROUP BY id, metric
),

weighted AS (
    SELECT
        sides.*,
        1 / sides.prompts / told.pairs AS gradient
    FROM sides
    INNER JOIN told USING (id, metric)
),

named AS (
    SELECT
        id,
        'share' AS metric,
        reference AS source,
        '' AS reference,
        value AS value_name,
        prompt AS level,
        prompt,
        value, x, n, p, total,
        1 AS gradient
    FROM pooled
    WHERE reference = ''
    UNION ALL
    SELECT
        id, 'share' AS metric, reference AS source, '' AS reference, value AS value_name, '' AS level, prompt,
        value, x, n, p, total,
        1 / count(*) OVER (PARTITION BY id, value) AS gradient
    FROM pooled
    WHERE reference = ''
    UNION ALL
    SELECT
        id,
        'distance2' AS metric,
        reference AS source,
        reference,
        '' AS value_name,
        '' AS level,
        prompt,
        value,
        x,
        n, p, total,
        (x / n - q) / count(DISTINCT prompt) OVER (PARTITION BY id, reference) AS gradient
    FROM pooled
    WHERE reference <> ''
    UNION ALL
    SELECT
        id,
        metric,
        '' AS source,
        'stereotypes' AS reference,
        '' AS value_name,
        '' AS level,
        prompt,
        value,
        x,
        n,
        p, total, gradient
    FROM weighted
),

entries AS ( -- noqa: ST03
    SELECT
        *,
        hash(id, metric, reference, value_name, level) AS figure
    FROM named
),

-- Uses: window_scatter

cell_squares AS (
    SELECT
        id, reference, prompt, n,
        (sum(x * (x - 1)) / (n * (n - 1)) - 2 * sum(x * q) / n + sum(q * q)) / 2 AS d
    FROM pooled
    WHERE reference <> ''
    GROUP BY id, reference, prompt, n
),

squares AS (
    SELECT
        id, reference,
        avg(d) AS distance2
    FROM cell_squares
    GROUP BY id, reference
),

quantiles AS (
    SELECT
        *,
        unnest([n + cells, scatter_freedom]) AS of,
        unnest(['sampling', 'whole']) AS kind
    FROM freed
),

students AS (
    SELECT
        figure, kind,
        z + (pow(z, 3) + z) / 4 / of + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / 96 / pow(of, 2)
        + (3 * pow(z, 7) + 19 * pow(z, 5) + 17 * pow(z, 3) - 15 * z) / 384 / pow(of, 3)
        + (79 * pow(z, 9) + 776 * pow(z, 7) + 1482 * pow(z, 5) - 1920 * pow(z, 3) - 945 * z)
        / 92160 / pow(of, 4) AS t
    FROM quantiles
),

sampled AS (
    SELECT
        freed.*,
        coalesce(whole.t, freed.z) / freed.z AS times,
        CASE
            WHEN freed.cells = 1 AND freed.x = 0 THEN 0
            WHEN freed.cells = 1
                THEN
                    (freed.linear + freed.z * freed.z / 2 / freed.n) / (1 + freed.z * freed.z / freed.n)
                    - freed.z / (1 + freed.z * freed.z / freed.n)
                    * sqrt(
                        greatest(freed.linear * (1 - freed.linear), 0) / freed.n
                        + freed.z * freed.z / 4 / freed.n / freed.n
                    )
            ELSE greatest(freed.linear - own.t * sqrt(freed.variance) / freed.cells, 0)
        END AS sampled_low,
        CASE
            WHEN freed.cells = 1 AND freed.x = freed.n THEN 1
            WHEN freed.cells = 1
                THEN
                    (freed.linear + freed.z * freed.z / 2 / freed.n) / (1 + freed.z * freed.z / freed.n)
                    + freed.z / (1 + freed.z * freed.z / freed.n)
                    * sqrt(
                        greatest(freed.linear * (1 - freed.linear), 0) / freed.n
                        + freed.z * freed.z / 4 / freed.n / freed.n
                    )
            ELSE least(freed.linear + own.t * sqrt(freed.variance) / freed.cells, 1)
        END AS sampled_high
    FROM freed
    INNER JOIN students AS own ON freed.figure = own.figure AND own.kind = 'sampling'
    INNER JOIN students AS whole ON freed.figure = whole.figure AND whole.kind = 'whole'
)

SELECT
    sampled.week, sampled.model, sampled.suite, sampled.suite_major, sampled.condition,
    nullif(sampled.level, '') AS prompt,
    sampled.turn, sampled.attribute,
    nullif(sampled.reference, '') AS reference,
    sampled.scale, sampled.labeler_version, sampled.metric,
    nullif(sampled.value_name, '') AS value_name,
    sampled.first_week, sampled.weeks,
    CASE sampled.metric
        WHEN 'distance2' THEN squares.distance2
        ELSE sampled.linear
    END AS estimate,
    CASE
        WHEN sampled.metric = 'share'
            THEN
                greatest(
                    sampled.linear - sampled.times * sqrt(
                        pow(sampled.linear - sampled.sampled_low, 2)
                        + sampled.z * sampled.z * sampled.scatter / sampled.weeks
                    ),
                    0
                )
    END AS low,
    CASE
        WHEN sampled.metric = 'share'
            THEN
                least(
                    sampled.linear + sampled.times * sqrt(
                        pow(sampled.sampled_high - sampled.linear, 2)
                        + sampled.z * sampled.z * sampled.scatter / sampled.weeks
                    ),
                    1
                )
    END AS high,
    sampled.cells,
    sqrt(sampled.scatter) AS scatter,
    sampled.scatter_freedom,
    sampled.measured AS scatter_measured,
    sampled.quiet_weeks
FROM sampled
LEFT JOIN squares ON sampled.id = squares.id AND sampled.reference = squares.reference
ORDER BY
    sampled.week DESC, sampled.model ASC, sampled.suite ASC, sampled.suite_major ASC, sampled.condition ASC,
    sampled.attribute ASC, sampled.metric ASC, sampled.reference ASC, sampled.level ASC,
    sampled.value_name ASC
