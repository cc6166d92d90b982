-- Answers: which answers of people have a value that is not declared for their suite and attribute?
-- Grain: gold_set, slot_key, attribute, rater; sets of the eight weeks that end with the week, which put
--   its figures right.
-- Columns: those of gold_labels that say what was answered.
-- Depends on: gold_labels, attribute_values.
-- Severity: critical
-- Stages: publish
-- Rule: An answer about a gold picture is declared for its suite and attribute.
-- Says: answers of people outside the declared values
WITH declared AS (
    SELECT *
    FROM attribute_values
    WHERE week BETWEEN cast($week AS DATE) - 49 AND cast($week AS DATE)
)

SELECT
    gold_labels.gold_set, gold_labels.week, gold_labels.model, gold_labels.slot_key, gold_labels.attribute,
    gold_labels.rater, gold_labels.value
FROM gold_labels
ANTI JOIN declared USING (week, model, suite, suite_major, attribute, value)
WHERE
    gold_labels.week BETWEEN cast($week AS DATE) - 49 AND cast($week AS DATE)
    AND ($model IS NULL OR gold_labels.model = $model)
