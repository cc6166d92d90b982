-- Answers: which values does each attribute have, in which order and bands?
-- Grain: one row for each suite × suite_major × attribute × value of the week.
-- Depends on: attribute_values
SELECT
    suite, suite_major, attribute, value,
    min(position) AS position,
    bool_or(in_support) AS in_support,
    min(band) AS band
FROM attribute_values
WHERE week BETWEEN cast($week AS DATE) - 21 AND cast($week AS DATE)
GROUP BY suite, suite_major, attribute, value
ORDER BY suite, suite_major, attribute, position, value
