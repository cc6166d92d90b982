-- Answers: which values of each attribute of a study count in agreement, in which order?
-- Grain: attribute, value; values of the support, and answers that are no share of it.
-- Columns: position in the declared order; ordinal says whether the order counts.
-- Depends on: study_attribute_values
SELECT attribute, value, position, ordinal
FROM study_attribute_values
WHERE study = $study AND in_agreement
ORDER BY attribute, position, value
