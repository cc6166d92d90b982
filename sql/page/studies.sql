-- Answers: which studies are imported, and how many of their slots hold a picture, or should?
-- Grain: one row a study.
-- Columns: those of studies; planned slots; missing: those whose picture should be there; unpublished: those
--   of a study that has labels alone; models; labels: of people, and of programs.
-- Depends on: studies, study_slots, study_labels
WITH labeled AS (
    SELECT
        study,
        count(*) FILTER (WHERE labeler_kind = 'person') AS labels_by_people,
        count(*) FILTER (WHERE labeler_kind NOT IN ('person', 'consensus')) AS labels_by_programs
    FROM study_labels
    GROUP BY study
)

SELECT
    s.study, s.title, s.citation, s.license, s.source, s.year, s.note, s.baseline,
    coalesce(any_value(labeled.labels_by_people), 0) AS labels_by_people,
    coalesce(any_value(labeled.labels_by_programs), 0) AS labels_by_programs,
    count(DISTINCT k.model) AS models,
    count(k.slot_key) AS planned,
    count(k.slot_key) FILTER (WHERE k.image_sha256 IS NULL AND k.status <> 'unpublished') AS missing,
    count(k.slot_key) FILTER (WHERE k.status = 'unpublished') AS unpublished
FROM studies AS s
LEFT JOIN study_slots AS k USING (study)
LEFT JOIN labeled USING (study)
GROUP BY s.study, s.title, s.citation, s.license, s.source, s.year, s.note, s.baseline
ORDER BY s.study
