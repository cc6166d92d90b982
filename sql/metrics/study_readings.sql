-- Answers: what did each labeler, and what did people, say of each picture of a study, in the words of this
--   project where the study states which values mean the same? What most of them said is nobody's reading: a
--   labeler of kind consensus agrees with those that it was made of.
-- Grain: slot_key, attribute, labeler, labeler_version.
-- Columns: those of readings; which values count is up to study_scales. A value that means none of the
--   project's is none; bands are those of the Monk scale.
-- Depends on: study_labels, study_slots, study_attribute_values
WITH labelled AS (
    SELECT
        study, slot_key, attribute, labeler, labeler_kind, labeler_version, value
    FROM study_labels
    WHERE study = $study AND labeler_kind <> 'consensus'
),

said AS (
    SELECT
        labelled.study, labelled.slot_key, labelled.labeler, labelled.labeler_version,
        labelled.labeler_kind = 'person' AS person,
        coalesce(own.same_attribute, labelled.attribute) AS attribute,
        CASE WHEN own.same_attribute IS NULL THEN labelled.value ELSE own.same_value END AS value
    FROM labelled
    LEFT JOIN study_attribute_values AS own USING (study, attribute, value)
)

SELECT
    study_slots.model, said.slot_key AS unit, said.attribute, said.labeler, said.labeler_version,
    said.person, said.value,
    CASE
        WHEN said.value IN ('monk_1', 'monk_2', 'monk_3') THEN 'light'
        WHEN said.value IN ('monk_4', 'monk_5', 'monk_6', 'monk_7') THEN 'medium'
        WHEN said.value IN ('monk_8', 'monk_9', 'monk_10') THEN 'dark'
    END AS band
FROM said
INNER JOIN study_slots USING (study, slot_key)
ORDER BY ALL
