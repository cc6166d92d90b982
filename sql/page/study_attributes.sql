-- Answers: what do studies look for, and what do they call it?
-- Grain: study, attribute; in the order in which a study declares them.
-- Columns: title; kind: named or numeric; unit, note.
-- Depends on: study_attributes
SELECT study, attribute, title, kind, unit, note
FROM study_attributes
ORDER BY study, position
