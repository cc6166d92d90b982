-- Answers: which pictures in one row of what a study's page shows first did one labeler read as a value that
--   counts, in a random order?
-- Grain: one row for each picture that was not removed.
-- Columns: value: what the labeler read.
-- Depends on: study_slots, study_labels, study_attribute_values, removals, study_shows, study_attributes,
--   study_prompts, studies
-- Uses: shown
WITH here AS (
    SELECT
        study, attribute, prompt, condition
    FROM shown
    WHERE study = $study AND position = cast($position AS INTEGER) AND shown_in = $row
)

SELECT
    slots.image_sha256,
    labels.value
FROM here
INNER JOIN study_slots AS slots USING (study, prompt, condition)
INNER JOIN study_labels AS labels USING (study, slot_key, attribute)
INNER JOIN study_attribute_values AS declared USING (study, attribute, value)
ANTI JOIN removals ON slots.study = removals.study AND slots.slot_key = removals.slot_key
WHERE
    slots.model = $model AND labels.labeler = $labeler AND labels.labeler_version = $version
    AND declared.in_support AND slots.image_sha256 IS NOT NULL
ORDER BY md5(slots.image_sha256 || slots.slot_key)
