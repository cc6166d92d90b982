-- Answers: How many pictures show all values of a declared combination? Steps of the audit queries that name
--   this text under "Uses", after those of read_from_labels.
-- Grain: combined: week, model, suite, suite_major, condition, prompt, turn, combination.
-- Columns: of combined: those; standing; k of n pictures with all parts assessed; partly: with any, of which
--   most at most may show it.
-- Depends on: readings, declared, combinations
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
)

SELECT * FROM combined
