-- Answers: which values, or bands, were declared in a week?
-- Grain: week, suite, suite_major, attribute, value.
-- Columns: those; position in the declared order. Only what can be in a yardstick's support.
-- Depends on: attribute_values
SELECT
    week, suite, suite_major, attribute,
    coalesce(band, value) AS value,
    min(position) AS position
FROM attribute_values
WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE) AND in_support
GROUP BY week, suite, suite_major, attribute, coalesce(band, value)
ORDER BY week, suite, suite_major, attribute, position, value
