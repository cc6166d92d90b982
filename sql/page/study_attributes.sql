-- Answers: what do studies call what they look for?
-- Grain: study, attribute; in the order in which a study declares them.
-- Columns: title.
-- Depends on: study_attributes
SELECT study, attribute, title
FROM study_attributes
ORDER BY study, position
