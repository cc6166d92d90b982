-- Answers: which values did labelers give in some weeks?
-- Grain: attribute × value.
-- Columns: those, and reading, a hash that stands for them in metrics/label_codes.
-- Depends on: labels
SELECT
    any_value(attribute) AS attribute,
    any_value(value) AS value,
    hash(attribute, value) AS reading
FROM labels
WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
GROUP BY reading
ORDER BY ALL
