-- Answers: how many slots of each model of a study miss a picture?
-- Grain: one row for each study × model.
-- Columns: title; planned slots; missing: those whose picture should be there.
-- Depends on: study_models, study_slots
SELECT
    m.study, m.model, m.title,
    count(k.slot_key) AS planned,
    count(k.slot_key) FILTER (WHERE k.image_sha256 IS NULL AND k.status <> 'unpublished') AS missing
FROM study_models AS m
LEFT JOIN study_slots AS k USING (study, model)
GROUP BY m.study, m.model, m.title
ORDER BY m.study, m.model
