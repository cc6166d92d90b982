-- Answers: which studies are imported, and how many of their slots hold a picture, or should?
-- Grain: one row a study.
-- Columns: those of studies; planned slots; missing: those whose picture should be there; unpublished: those
--   of a study that has labels alone; models; labels: of people, and of programs.
-- Depends on: studies, study_slots, study_labels
SELECT
    s.study, s.title, s.citation, s.license, s.source, s.year, s.note, s.baseline,
    (
        SELECT count(*) FROM study_labels AS l
        WHERE l.study = s.study AND l.labeler_kind = 'person')
        AS by_people,
    (
        SELECT count(*) FROM study_labels AS l
        WHERE l.study = s.study AND l.labeler_kind LIKE '%model')
        AS by_programs,
    count(DISTINCT k.model) AS models,
    count(k.slot_key) AS planned,
    count(k.slot_key) FILTER (WHERE k.image_sha256 IS NULL AND k.status <> 'unpublished') AS missing,
    count(k.slot_key) FILTER (WHERE k.status = 'unpublished') AS unpublished
FROM studies AS s
LEFT JOIN study_slots AS k USING (study)
GROUP BY s.study, s.title, s.citation, s.license, s.source, s.year, s.note, s.baseline
ORDER BY s.study
