-- Answers: which values of a study mean the same as values of our attributes?
-- Grain: one row for each study × attribute × value.
-- Columns: same_attribute, same_value: ours; NULL where the study declares none.
-- Depends on: study_attribute_values
SELECT
    study, attribute, value, same_attribute, same_value
FROM study_attribute_values
ORDER BY study, attribute, position, value
