-- Answers: What became of each model's pictures, attribute by attribute? Steps of the audit queries that name
--   this text under "Uses", after those of read_from_labels.
-- Grain: label_rates: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn,
--   attribute, metric, value_name. label_clusters: the same, of single prompts, × cluster.
-- Columns: of label_rates: those; scale, labeler_version, cells; part, whole: what the metric is the share
--   of. Of label_clusters: those; value: whether they are of the part; x pictures; of models of which some
--   are of a cluster.
-- Depends on: cells, readings, declared, clusters
WITH
-- every prompt by itself, and the prompts that stand for their suite together
label_levels AS (
    SELECT
        * EXCLUDE (prompt),
        prompt AS cell,
        unnest(
            CASE WHEN standing THEN [prompt, NULL] ELSE [prompt] END
        ) AS prompt
    FROM cells
),

label_sums AS (
    SELECT
        label_levels.week, label_levels.model, label_levels.suite, label_levels.suite_major,
        label_levels.condition, label_levels.prompt, label_levels.turn, label_levels.attribute,
        label_levels.scale, label_levels.labeler_version,
        count(DISTINCT label_levels.cell) AS cells,
        count(readings.attribute) AS pictures,
        count(*) FILTER (WHERE declared.in_support) AS assessed,
        count(*) FILTER (WHERE readings.value = 'cannot_tell') AS cannot_tell,
        count(*) FILTER (WHERE readings.label IS NOT NULL AND readings.value IS NULL) AS invalid,
        count(*) FILTER (WHERE readings.attribute IS NOT NULL AND readings.label IS NULL) AS unread,
        count(*) FILTER (WHERE declared.in_support AND readings.value = '0') AS nobody,
        count(*) FILTER (WHERE declared.in_support AND readings.value NOT IN ('0', '1')) AS several,
        histogram(readings.value) FILTER (WHERE NOT declared.in_support) AS outside
    FROM label_levels
    LEFT JOIN readings
        ON
            label_levels.week = readings.week
            AND label_levels.model = readings.model
            AND label_levels.suite = readings.suite
            AND label_levels.suite_major = readings.suite_major
            AND label_levels.cell = readings.prompt
            AND label_levels.turn = readings.turn
            AND label_levels.attribute = readings.attribute
    LEFT JOIN declared
        ON
            readings.week = declared.week
            AND readings.model = declared.model
            AND readings.suite = declared.suite
            AND readings.suite_major = declared.suite_major
            AND readings.attribute = declared.attribute
            AND readings.value = declared.value
    GROUP BY ALL
),

rate_names (metric) AS (
    VALUES
    ('assessed_rate'),
    ('cannot_tell_rate'),
    ('invalid_rate'),
    ('not_assessed_rate'),
    ('no_person_rate'),
    ('multi_person_rate')
),

label_rates AS (
    SELECT
        label_sums.*,
        named.metric,
        NULL AS value_name,
        CASE named.metric
            WHEN 'assessed_rate' THEN label_sums.assessed
            WHEN 'cannot_tell_rate' THEN label_sums.cannot_tell
            WHEN 'invalid_rate' THEN label_sums.invalid
            WHEN 'not_assessed_rate' THEN label_sums.unread
            WHEN 'no_person_rate' THEN label_sums.nobody
            WHEN 'multi_person_rate' THEN label_sums.several
        END AS part,
        CASE
            WHEN named.metric IN ('no_person_rate', 'multi_person_rate') THEN label_sums.assessed
            ELSE label_sums.pictures
        END AS whole
    FROM label_sums
    CROSS JOIN rate_names AS named
    WHERE label_sums.attribute = 'person_count' OR named.metric NOT IN ('no_person_rate', 'multi_person_rate')
    UNION ALL
    SELECT
        label_sums.*,
        'outside_rate' AS metric,
        declared.value AS value_name,
        coalesce(label_sums.outside[declared.value], 0) AS part,
        label_sums.pictures AS whole
    FROM label_sums
    INNER JOIN declared
        ON
            label_sums.week = declared.week
            AND label_sums.model = declared.model
            AND label_sums.suite = declared.suite
            AND label_sums.suite_major = declared.suite_major
            AND label_sums.attribute = declared.attribute
            AND NOT declared.in_support
            AND declared.value != 'cannot_tell'
),

clustered_readings AS (
    SELECT
        readings.week, readings.model, readings.suite, readings.suite_major, readings.condition,
        readings.prompt, readings.turn, readings.attribute, readings.label, readings.value,
        coalesce(declared.in_support, FALSE) AS assessed,
        coalesce(clusters.cluster, readings.slot_key) AS cluster
    FROM readings
    SEMI JOIN clusters AS together ON readings.model = together.model
    LEFT JOIN clusters
        ON
            readings.week = clusters.week
            AND readings.model = clusters.model
            AND readings.slot_key = clusters.slot_key
    LEFT JOIN declared
        ON
            readings.week = declared.week
            AND readings.model = declared.model
            AND readings.suite = declared.suite
            AND readings.suite_major = declared.suite_major
            AND readings.attribute = declared.attribute
            AND readings.value = declared.value
),

label_clusters AS (
    SELECT
        one.week, one.model, one.suite, one.suite_major, one.condition, one.prompt, one.turn, one.attribute,
        named.metric,
        NULL AS value_name,
        one.cluster,
        CASE named.metric
            WHEN 'assessed_rate' THEN one.assessed
            WHEN 'cannot_tell_rate' THEN coalesce(one.value = 'cannot_tell', FALSE)
            WHEN 'invalid_rate' THEN one.label IS NOT NULL AND one.value IS NULL
            WHEN 'not_assessed_rate' THEN one.label IS NULL
            WHEN 'no_person_rate' THEN one.value = '0'
            ELSE one.value != '0' AND one.value != '1'
        END AS value,
        count(*) AS x
    FROM clustered_readings AS one
    CROSS JOIN rate_names AS named
    WHERE
        named.metric NOT IN ('no_person_rate', 'multi_person_rate')
        OR (one.attribute = 'person_count' AND one.assessed)
    GROUP BY ALL
    UNION ALL
    SELECT
        one.week, one.model, one.suite, one.suite_major, one.condition, one.prompt, one.turn, one.attribute,
        'outside_rate' AS metric,
        declared.value AS value_name,
        one.cluster,
        coalesce(one.value = declared.value, FALSE) AS value,
        count(*) AS x
    FROM clustered_readings AS one
    INNER JOIN declared
        ON
            one.week = declared.week
            AND one.model = declared.model
            AND one.suite = declared.suite
            AND one.suite_major = declared.suite_major
            AND one.attribute = declared.attribute
    WHERE NOT declared.in_support AND declared.value != 'cannot_tell'
    GROUP BY ALL
)

SELECT label_rates.metric FROM label_rates INNER JOIN label_clusters USING (metric)
