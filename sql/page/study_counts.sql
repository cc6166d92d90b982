-- Answers: how many pictures of each model of a study were read as each value, under each condition?
-- Grain: study, attribute, labeler, labeler_version, model, condition, value; all prompts together.
-- Columns: position: place of the value in the declared order.
-- Depends on: study_cell_counts, study_models
SELECT
    c.study, c.attribute, c.labeler, c.labeler_kind, c.labeler_version, c.model, m.title, c.condition,
    c.value, c.in_support, c.position,
    cast(sum(c.pictures) AS BIGINT) AS pictures
FROM study_cell_counts AS c
INNER JOIN study_models AS m USING (study, model)
GROUP BY
    c.study, c.attribute, c.labeler, c.labeler_kind, c.labeler_version, c.model, m.title, c.condition,
    c.value, c.in_support, c.position
ORDER BY
    c.study, c.attribute, c.labeler, c.labeler_version, m.title, c.model, c.condition, c.position
