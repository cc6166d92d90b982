-- Answers: how many pictures were read as what, in each row of what the pages of studies show first?
-- Grain: study, position, labeler, labeler_version, shown_in, model, value; no zeros.
-- Columns: wanted: the value whose share is shown, NULL: all that count; labeler_kind; value: declared value,
--   invalid, or not_assessed (picture without a label).
-- Depends on: counts, study_labels, study_shows, study_attributes, study_prompts, studies
-- Uses: shown
WITH readers AS (
    SELECT DISTINCT study, attribute, labeler, labeler_version, labeler_kind
    FROM study_labels
)

SELECT
    shown.study, shown.position, shown.title, shown.attribute,
    shown.value AS wanted,
    shown.grouped_by, shown.shown_in, counts.model, readers.labeler, readers.labeler_kind,
    readers.labeler_version, counts.value,
    cast(sum(counts.pictures) AS BIGINT) AS pictures
FROM shown
INNER JOIN counts USING (study, attribute, prompt, condition)
INNER JOIN readers USING (study, attribute, labeler, labeler_version)
GROUP BY ALL
ORDER BY ALL
