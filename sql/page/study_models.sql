-- Answers: what does a study call its models?
-- Grain: one row for each study × model.
-- Columns: title.
-- Depends on: study_models
SELECT study, model, title
FROM study_models
ORDER BY study, model
