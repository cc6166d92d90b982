-- Answers: which values can each attribute of a study have, in which order?
-- Grain: attribute, value; values of the support only.
-- Columns: position in the declared order; ordinal says whether the order counts.
-- Depends on: study_attribute_values
SELECT
    attribute,
    value,
    position,
    coalesce(ordinal, FALSE) AS ordinal
FROM study_attribute_values
WHERE study = $study AND in_support
ORDER BY attribute, position, value
