-- Answers: which pictures does each study have, in a random order, and what was read in them?
-- Grain: one row for each picture of a study that was not removed.
-- Columns: readings: one {attribute, value, labeler, labeler_version} for each label with a named value,
--   people's first.
-- Depends on: study_slots, study_models, study_prompts, study_labels, removals
WITH read AS (
    SELECT
        study, slot_key,
        list(
            struct_pack(
                attribute := attribute,
                value := value,
                labeler := labeler,
                labeler_version := labeler_version
            )
            ORDER BY attribute, labeler_kind <> 'person', labeler, labeler_version
        ) AS readings
    FROM study_labels
    WHERE number IS NULL
    GROUP BY study, slot_key
)

SELECT
    s.study, s.model, m.title, s.prompt, p.title AS prompt_title, p.text, s.condition, s.image_sha256,
    s.image_ext, read.readings
FROM study_slots AS s
INNER JOIN study_models AS m USING (study, model)
LEFT JOIN study_prompts AS p USING (study, prompt, condition)
LEFT JOIN read USING (study, slot_key)
ANTI JOIN removals ON s.study = removals.study AND s.slot_key = removals.slot_key
WHERE s.image_sha256 IS NOT NULL
ORDER BY
    s.study ASC, m.title ASC, s.model ASC, s.prompt ASC, s.condition ASC,
    md5(s.image_sha256 || s.slot_key) ASC
