-- Answers: which studies are imported, and how many of their slots hold a picture?
-- Grain: one row a study.
-- Columns: those of studies, with planned slots and those without a picture.
-- Depends on: studies, study_slots
SELECT
    s.study,
    s.title,
    s.citation,
    s.licence,
    s.source,
    s.note,
    count(k.slot_key) AS planned,
    count(k.slot_key) FILTER (WHERE k.image_sha256 IS NULL) AS missing
FROM studies AS s
LEFT JOIN study_slots AS k ON s.study = k.study
GROUP BY s.study, s.title, s.citation, s.licence, s.source, s.note
ORDER BY s.study
