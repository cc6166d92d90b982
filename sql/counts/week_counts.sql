-- Answers: how many pictures of each prompt of one partition were read as each value, by each labeler?
-- Grain: suite, suite_major, condition, turn, prompt, attribute, labeler, labeler_version, value; no zeros.
-- Columns: those of counts.
-- Depends on: ended, plans, labels, prompt_attributes, attribute_values
-- Uses: pictures
WITH asked AS (
    SELECT
        suite, suite_major, prompt, attribute
    FROM prompt_attributes
    WHERE week = cast($week AS DATE) AND model = $model
),

declared AS (
    SELECT
        suite, suite_major, attribute, value
    FROM attribute_values
    WHERE week = cast($week AS DATE) AND model = $model
),

readers AS (
    SELECT
        attribute, labeler, labeler_version
    FROM read
    UNION
    SELECT
        asked.attribute, planned.labeler, planned.labeler_version
    FROM asked
    CROSS JOIN planned
)

SELECT
    cast($week AS DATE) AS week,
    cast(NULL AS VARCHAR) AS study,
    $model AS model,
    pictures.suite, pictures.suite_major, pictures.condition, pictures.turn, pictures.suite_version,
    pictures.prompt, readers.attribute, readers.labeler, readers.labeler_version,
    CASE
        WHEN read.slot_key IS NULL THEN 'not_assessed'
        ELSE coalesce(declared.value, 'invalid')
    END AS value,
    cast(count(*) AS INTEGER) AS pictures
FROM pictures
INNER JOIN asked USING (suite, suite_major, prompt)
INNER JOIN readers USING (attribute)
LEFT JOIN read USING (slot_key, attribute, labeler, labeler_version)
LEFT JOIN declared
    ON
        asked.suite = declared.suite
        AND asked.suite_major = declared.suite_major
        AND asked.attribute = declared.attribute
        AND read.value = declared.value
GROUP BY ALL
ORDER BY ALL
