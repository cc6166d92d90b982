-- Answers: What do the labels of a study say about its pictures? The first steps of the audit queries that
--   name this text under "Uses": from the slots and labels of studies alone.
-- Grain: of counted: study, attribute, labeler, labeler_version, condition, model, prompt, value (of the
--   support).
-- Columns: of counted: its keys; subject of the prompt; k values; slots of the prompt; x pictures with the
--   value.
-- Depends on: study_slots, study_prompts, study_labels, study_attribute_values
WITH
supports AS (
    SELECT
        study, attribute,
        count(*) AS k
    FROM study_attribute_values
    WHERE in_support
    GROUP BY study, attribute
),

labelers AS (
    SELECT DISTINCT
        study, attribute, labeler, labeler_version
    FROM study_labels
),

counted AS (
    SELECT
        study_slots.study, labelers.attribute, labelers.labeler, labelers.labeler_version,
        study_slots.condition, study_slots.model, study_slots.prompt, study_prompts.subject, known.value,
        supports.k,
        count(*) AS slots,
        count(study_labels.value) AS x
    FROM study_slots
    INNER JOIN study_prompts USING (study, condition, prompt)
    INNER JOIN labelers USING (study)
    INNER JOIN supports USING (study, attribute)
    INNER JOIN study_attribute_values AS known USING (study, attribute)
    LEFT JOIN study_labels
        ON
            study_slots.study = study_labels.study
            AND study_slots.slot_key = study_labels.slot_key
            AND labelers.attribute = study_labels.attribute
            AND labelers.labeler = study_labels.labeler
            AND labelers.labeler_version = study_labels.labeler_version
            AND known.value = study_labels.value
    WHERE known.in_support
    GROUP BY ALL
)

SELECT * FROM counted
