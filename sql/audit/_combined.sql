-- Answers: How many pictures show all values of a declared combination? Steps of the audit queries that name
--   this text under "Uses", after those of read_from_labels.
-- Grain: combined: week, model, suite, suite_major, condition, prompt, turn, combination. combined_clusters:
--   the same × cluster.
-- Columns: of combined: those; standing; k of n pictures with all parts assessed; partly: with any, of which
--   most at most may show it. Of combined_clusters: those; value: whether they show it; x pictures; of models
--   of which some are of a cluster.
-- Depends on: readings, declared, combinations, clusters
WITH
combined_parts AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY suite, suite_major, combination) AS parts
    FROM combinations
),

-- a part is shown, is not, or was not assessed (NULL)
read_parts AS (
    SELECT
        readings.week, readings.model, readings.suite, readings.suite_major, readings.condition,
        readings.prompt, readings.turn, readings.standing, readings.slot_key, combined_parts.combination,
        combined_parts.parts,
        CASE WHEN declared.in_support THEN readings.value = combined_parts.value END AS shown
    FROM readings
    INNER JOIN combined_parts USING (suite, suite_major, attribute)
    LEFT JOIN declared
        ON
            readings.week = declared.week
            AND readings.model = declared.model
            AND readings.suite = declared.suite
            AND readings.suite_major = declared.suite_major
            AND readings.attribute = declared.attribute
            AND readings.value = declared.value
),

combined_pictures AS (
    SELECT
        * EXCLUDE (shown),
        count(*) AS asked,
        count(shown) AS known,
        bool_and(coalesce(shown, TRUE)) AS possible
    FROM read_parts
    GROUP BY ALL
    HAVING count(*) = any_value(parts)
),

combined AS (
    SELECT
        week, model, suite, suite_major, condition, prompt, turn, standing, combination,
        cast(count(*) FILTER (WHERE known = parts AND possible) AS DOUBLE) AS k,
        cast(count(*) FILTER (WHERE known = parts) AS DOUBLE) AS n,
        cast(count(*) FILTER (WHERE known > 0) AS DOUBLE) AS partly,
        cast(count(*) FILTER (WHERE known > 0 AND possible) AS DOUBLE) AS most
    FROM combined_pictures
    GROUP BY ALL
),

combined_clusters AS (
    SELECT
        one.week, one.model, one.suite, one.suite_major, one.condition, one.prompt, one.turn, one.combination,
        coalesce(clusters.cluster, one.slot_key) AS cluster,
        one.possible AS value,
        count(*) AS x
    FROM combined_pictures AS one
    SEMI JOIN clusters AS together ON one.model = together.model
    LEFT JOIN clusters
        ON one.week = clusters.week AND one.model = clusters.model AND one.slot_key = clusters.slot_key
    WHERE one.known = one.parts
    GROUP BY ALL
)

SELECT combined.combination FROM combined INNER JOIN combined_clusters USING (combination)
