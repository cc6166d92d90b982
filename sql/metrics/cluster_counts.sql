-- Answers: how many pictures of each cluster show each value of each attribute, or none?
-- Grain: cell × attribute × cluster × value, zeros included.
-- Columns: as those of cell_counts; cluster.
-- Depends on: slot_outcomes, plans, prompt_attributes, attribute_values, labels, clusters
-- Uses: marts/readings
WITH read AS (
    SELECT
        labels.week, labels.model, labels.slot_key, labels.attribute, labels.value
    FROM labels
    INNER JOIN versions USING (week, model, labeler, labeler_version)
),

drawn AS (
    SELECT
        slot_outcomes.week, slot_outcomes.model, slot_outcomes.suite, slot_outcomes.suite_major,
        slot_outcomes.prompt,
        least(slot_outcomes.turn, 2) AS turn,
        clusters.cluster, prompt_attributes.attribute,
        CASE
            WHEN read.value IS NULL THEN 'not_assessed'
            ELSE coalesce(attribute_values.band, attribute_values.value, 'invalid')
        END AS value,
        count(*) AS pictures
    FROM clusters
    INNER JOIN slot_outcomes USING (week, model, slot_key)
    INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt)
    LEFT JOIN read USING (week, model, slot_key, attribute)
    LEFT JOIN attribute_values USING (week, model, suite, suite_major, attribute, value)
    WHERE slot_outcomes.is_picture
    GROUP BY ALL
),

declared AS (
    SELECT
        week, model, suite, suite_major, attribute,
        coalesce(band, value) AS value,
        bool_or(in_support) AS in_support
    FROM attribute_values
    GROUP BY ALL
),

countable AS (
    FROM declared
    UNION ALL
    SELECT DISTINCT
        week, model, suite, suite_major, attribute,
        unnest(['invalid', 'not_assessed']) AS value,
        FALSE AS in_support
    FROM declared
),

together AS (
    SELECT DISTINCT
        week, model, suite, suite_major, prompt, turn, cluster, attribute
    FROM drawn
)

SELECT
    together.*, countable.value, countable.in_support,
    cast(coalesce(drawn.pictures, 0) AS BIGINT) AS pictures
FROM together
INNER JOIN countable USING (week, model, suite, suite_major, attribute)
LEFT JOIN drawn
    USING (week, model, suite, suite_major, prompt, turn, cluster, attribute, value)
