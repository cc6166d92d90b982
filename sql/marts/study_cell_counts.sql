-- Answers: how many pictures of each prompt of a study were read as each value, by each labeler?
-- Grain: study, model, condition, prompt, attribute, labeler, labeler_version, value. Every cell has a
--   row for every declared value, zeros included, and for invalid, not_assessed and missing; their sum is the
--   cell's slots.
-- Columns:
--   labeler, labeler_version: who labelled; only attributes of which it labelled something
--   labeler_kind: person, vision_model or local_model
--   value: declared value; invalid: outside the list; not_assessed: picture without label,
--     published or not; missing: neither
--   in_support: true if the value can be in a reference's support
--   position: place in the declared order; invalid, not_assessed and missing come last
--   pictures: number of slots; a label counts whether its picture was published or not
-- Depends on: study_slots, study_prompts, study_attribute_values, study_labels.
WITH labelers AS (
    SELECT
        study, attribute, labeler, labeler_version,
        min(labeler_kind) AS labeler_kind
    FROM study_labels
    GROUP BY study, attribute, labeler, labeler_version
),

countable AS (
    SELECT
        study, attribute, value, in_support, position
    FROM study_attribute_values
    UNION ALL
    SELECT
        study, attribute,
        unnest(['invalid', 'not_assessed', 'missing']) AS value,
        FALSE AS in_support,
        max(position) + unnest([1, 2, 3]) AS position
    FROM study_attribute_values
    GROUP BY study, attribute
),

readings AS (
    SELECT
        study_slots.study, study_slots.model, study_slots.condition, study_slots.prompt, labelers.attribute,
        labelers.labeler, labelers.labeler_version,
        CASE
            WHEN study_attribute_values.value IS NOT NULL THEN study_attribute_values.value
            WHEN study_labels.value IS NOT NULL THEN 'invalid'
            WHEN study_slots.image_sha256 IS NOT NULL THEN 'not_assessed'
            WHEN study_slots.status = 'unpublished' THEN 'not_assessed'
            ELSE 'missing'
        END AS value,
        count(*) AS pictures
    FROM study_slots
    INNER JOIN labelers USING (study)
    LEFT JOIN study_labels USING (study, slot_key, attribute, labeler, labeler_version)
    LEFT JOIN study_attribute_values
        ON
            study_labels.study = study_attribute_values.study
            AND study_labels.attribute = study_attribute_values.attribute
            AND study_labels.value = study_attribute_values.value
    GROUP BY ALL
),

cells AS (
    SELECT DISTINCT
        study, model, condition, prompt
    FROM study_slots
)

SELECT
    cells.study, cells.model, cells.condition, cells.prompt, study_prompts.subject, labelers.attribute,
    labelers.labeler, labelers.labeler_kind, labelers.labeler_version, countable.value,
    countable.in_support, countable.position,
    coalesce(readings.pictures, 0) AS pictures
FROM cells
INNER JOIN labelers USING (study)
INNER JOIN countable USING (study, attribute)
LEFT JOIN study_prompts USING (study, prompt, condition)
LEFT JOIN readings USING (study, model, condition, prompt, attribute, labeler, labeler_version, value)
