-- Answers: which values of each attribute of a study count in agreement, in which order?
-- Grain: attribute, value; values of the support, and answers that are no share of it.
-- Columns: position in the declared order; ordinal says whether the order counts.
-- Depends on: study_attribute_values
WITH stated AS (
    -- the column is made where the file of an earlier version lacks it
    SELECT cast(NULL AS BOOLEAN) AS in_agreement
    WHERE FALSE
    UNION ALL BY NAME
    FROM study_attribute_values
)

SELECT
    attribute, value, position,
    coalesce(ordinal, FALSE) AS ordinal
FROM stated
WHERE study = $study AND coalesce(in_agreement, in_support)
ORDER BY attribute, position, value
