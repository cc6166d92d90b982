-- Answers: which pictures does each study have, in a random order, and what was read in them?
-- Grain: one row for each picture of a study that was not removed.
-- Columns: readings: one {attribute, value} for each attribute with values, of the first labeler, people
--   first.
-- Depends on: study_slots, study_models, study_prompts, study_labels, study_attributes, removals
WITH read_once AS (
    SELECT
        labels.study, labels.slot_key, labels.attribute,
        min_by(
            labels.value, (labels.labeler_kind <> 'person', labels.labeler, labels.labeler_version)
        ) AS value
    FROM study_labels AS labels
    INNER JOIN study_attributes USING (study, attribute)
    WHERE study_attributes.kind = 'named'
    GROUP BY labels.study, labels.slot_key, labels.attribute
),

readings AS (
    SELECT
        study, slot_key,
        list(struct_pack(attribute := attribute, value := value) ORDER BY attribute) AS readings
    FROM read_once
    GROUP BY study, slot_key
)

SELECT
    s.study, s.model, m.title, s.prompt, p.title AS prompt_title, p.text, s.condition, s.image_sha256,
    s.image_ext, readings.readings
FROM study_slots AS s
INNER JOIN study_models AS m USING (study, model)
LEFT JOIN study_prompts AS p USING (study, prompt, condition)
LEFT JOIN readings USING (study, slot_key)
ANTI JOIN removals ON s.study = removals.study AND s.slot_key = removals.slot_key
WHERE s.image_sha256 IS NOT NULL
ORDER BY
    s.study ASC, m.title ASC, s.model ASC, s.prompt ASC, s.condition ASC,
    md5(s.image_sha256 || s.slot_key) ASC
