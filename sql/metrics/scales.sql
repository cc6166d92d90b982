-- Answers: which values can each attribute have in the weeks from one to another, in which order?
-- Grain: attribute, value; values of the support only.
-- Columns: position in the declared order; ordinal says whether the order counts.
-- Depends on: attribute_values
SELECT
    attribute, value,
    min(position) AS position,
    coalesce(bool_or(bool_or(ordinal)) OVER (PARTITION BY attribute), FALSE) AS ordinal
FROM attribute_values
WHERE in_support AND week BETWEEN cast($first AS DATE) AND cast($week AS DATE)
GROUP BY attribute, value
ORDER BY attribute, position, value
