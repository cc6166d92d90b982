-- Answers: what did people and labelers say of each gold picture of the eight weeks that end with one week?
-- Grain: slot_key, attribute, labeler (of people: their pseudonym), labeler_version.
-- Columns: those of readings.
-- Depends on: gold_labels, labels, attribute_values
WITH said AS (
    SELECT
        week, model, suite, suite_major, slot_key, attribute, rater AS labeler,
        cast(NULL AS VARCHAR) AS labeler_version,
        TRUE AS person,
        value
    FROM gold_labels
    WHERE week BETWEEN cast($week AS DATE) - 49 AND cast($week AS DATE)
    QUALIFY row_number() OVER (PARTITION BY slot_key, attribute, rater ORDER BY gold_set) = 1
),

asked AS (
    SELECT DISTINCT
        week, model, suite, suite_major, slot_key, attribute
    FROM said
),

both_said AS (
    SELECT *
    FROM said
    UNION ALL
    SELECT
        asked.week, asked.model, asked.suite, asked.suite_major, asked.slot_key, asked.attribute,
        labels.labeler, labels.labeler_version,
        FALSE AS person,
        labels.value
    FROM asked
    INNER JOIN labels USING (week, model, slot_key, attribute)
)

SELECT
    both_said.model, both_said.slot_key AS unit, both_said.attribute, both_said.labeler,
    both_said.labeler_version, both_said.person,
    CASE WHEN attribute_values.in_support THEN both_said.value END AS value,
    CASE WHEN attribute_values.in_support THEN attribute_values.band END AS band
FROM both_said
LEFT JOIN attribute_values USING (week, model, suite, suite_major, attribute, value)
ORDER BY ALL
