-- Answers: which values, or bands, were declared in the weeks since one?
-- Grain: suite, suite_major, attribute, value.
-- Columns: those; position in the declared order; late: whether in the last week. Only what can be in a yardstick's support.
-- Depends on: attribute_values
SELECT
    suite, suite_major, attribute,
    coalesce(band, value) AS value,
    min(position) AS position,
    bool_or(week = cast($week AS DATE)) AS late
FROM attribute_values
WHERE week BETWEEN cast($since AS DATE) AND cast($week AS DATE) AND in_support
GROUP BY suite, suite_major, attribute, coalesce(band, value)
ORDER BY suite, suite_major, attribute, position, value
