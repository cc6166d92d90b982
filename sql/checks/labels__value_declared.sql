-- Answers: which labels of planned slots have a value that is not declared for their suite and attribute?
--   An answer outside the list is stored as invalid, which is in order here.
-- Grain: slot_key, attribute, labeler, labeler_version.
-- Columns: those of labels that say what was read.
-- Depends on: labels, slots, attribute_values.
-- Severity: critical
-- Stages: labels, publish
-- Rule: A label's value is declared for its suite and attribute, or invalid.
-- Says: labels outside the declared values
SELECT
    labels.week, labels.model, labels.slot_key, labels.attribute, labels.labeler, labels.labeler_version,
    labels.value
FROM labels
INNER JOIN slots USING (week, model, slot_key)
ANTI JOIN attribute_values
    ON
        labels.week = attribute_values.week
        AND labels.model = attribute_values.model
        AND labels.attribute = attribute_values.attribute
        AND labels.value = attribute_values.value
        AND slots.suite = attribute_values.suite
        AND cast(split_part(slots.suite_version, '.', 1) AS INTEGER) = attribute_values.suite_major
        AND attribute_values.week = $week
WHERE
    labels.week = $week
    AND ($model IS NULL OR labels.model = $model)
    AND labels.value <> 'invalid'
