-- Answers: which values does a study declare?
-- Grain: attribute, value.
-- Columns: those; position in the declared order. Only what can be in a yardstick's support.
-- Depends on: study_attribute_values
SELECT
    attribute, value, position
FROM study_attribute_values
WHERE study = $study AND in_support
ORDER BY attribute, position, value
