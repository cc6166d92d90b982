-- Answers: how many pictures of a study were read as each value, in every cell and by every labeler?
-- Grain: cell (model × condition × prompt × attribute × labeler version) × value, zeros included.
-- Columns: keys of the cell, subject of the prompt, position in the declared order, value, in_support,
--   pictures.
-- Depends on: study_cell_counts
SELECT
    model, condition, prompt, subject, attribute, labeler, labeler_version, position, value, in_support,
    pictures
FROM study_cell_counts
WHERE study = $study AND value <> 'missing'
ORDER BY ALL
