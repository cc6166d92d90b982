-- Answers: how many pictures of each prompt of one study were read as each value, by each labeler?
-- Grain: model, condition, prompt, attribute, labeler, labeler_version, value; no zeros.
-- Columns: those of counts. A label counts whether its picture was published or not.
-- Depends on: study_slots, study_labels, study_attribute_values
WITH read AS (
    SELECT
        slot_key, attribute, labeler, labeler_version, value
    FROM study_labels
    WHERE study = $study
),

labeled AS (
    SELECT DISTINCT slot_key
    FROM read
),

planned AS (
    SELECT *
    FROM study_slots
    WHERE study = $study
),

pictures AS (
    SELECT
        planned.model, planned.condition, planned.prompt, planned.slot_key
    FROM planned
    LEFT JOIN labeled USING (slot_key)
    WHERE
        planned.image_sha256 IS NOT NULL
        OR planned.status = 'unpublished'
        OR labeled.slot_key IS NOT NULL
),

-- numbers (a rating, an age) have no values that could be counted
declared AS (
    SELECT
        attribute, value
    FROM study_attribute_values
    WHERE study = $study
),

readers AS (
    SELECT DISTINCT
        read.attribute, read.labeler, read.labeler_version
    FROM read
    SEMI JOIN declared ON read.attribute = declared.attribute
),

counted AS (
    SELECT
        pictures.model, pictures.condition, pictures.prompt, readers.attribute, readers.labeler,
        readers.labeler_version,
        CASE
            WHEN read.slot_key IS NULL THEN 'not_assessed'
            ELSE coalesce(declared.value, 'invalid')
        END AS value,
        cast(count(*) AS INTEGER) AS pictures
    FROM pictures
    CROSS JOIN readers
    LEFT JOIN read USING (slot_key, attribute, labeler, labeler_version)
    LEFT JOIN declared
        ON readers.attribute = declared.attribute AND read.value = declared.value
    GROUP BY ALL
)

SELECT
    cast(NULL AS DATE) AS week,
    $study AS study,
    model,
    $study AS suite,
    1 AS suite_major,
    condition,
    1 AS turn,
    '' AS suite_version,
    prompt, attribute, labeler, labeler_version, value, pictures
FROM counted
ORDER BY ALL
