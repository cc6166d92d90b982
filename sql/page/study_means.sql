-- Answers: what do the numbers of a study's labelers say, over all prompts?
-- Grain: study, attribute, labeler (NULL: mean of all), labeler_version, model, condition.
-- Columns: title: of the model; median, mean; n: pictures.
-- Depends on: study_numbers, study_models, study_attributes
SELECT
    numbers.study, numbers.attribute, numbers.labeler, numbers.labeler_version, numbers.labeler_kind,
    numbers.model, study_models.title, numbers.condition, numbers.median, numbers.mean, numbers.n
FROM study_numbers AS numbers
INNER JOIN study_models USING (study, model)
INNER JOIN study_attributes USING (study, attribute)
WHERE numbers.prompt IS NULL
ORDER BY
    numbers.study ASC, study_attributes.position ASC, numbers.labeler ASC NULLS FIRST,
    numbers.labeler_version ASC, study_models.title ASC, numbers.model ASC, numbers.condition ASC
