-- Answers: which values does a study declare, and which mean the same as values of our attributes?
-- Grain: one row for each study × attribute × value.
-- Columns: in_support: it counts in shares; ordinal: the values have an order; same_attribute, same_value:
--   ours; NULL where the study declares none.
-- Depends on: study_attribute_values
SELECT
    study, attribute, value, in_support, coalesce(ordinal, FALSE) AS ordinal, same_attribute, same_value
FROM study_attribute_values
ORDER BY study, attribute, position, value
