-- Answers: what did each labeler say of each picture of one week?
-- Grain: slot_key, attribute, labeler, labeler_version.
-- Columns: unit is the slot; person says whether a person labeled, and nobody here is one; value is NULL
--   where it is outside the support (ambiguous, cannot_tell, not_applicable, invalid): looked at, not
--   assessed; band is that of the value.
-- Depends on: labels, slots, attribute_values
SELECT
    labels.model, labels.slot_key AS unit, labels.attribute, labels.labeler, labels.labeler_version,
    FALSE AS person,
    CASE WHEN attribute_values.in_support THEN labels.value END AS value,
    CASE WHEN attribute_values.in_support THEN attribute_values.band END AS band
FROM labels
INNER JOIN slots USING (week, model, slot_key)
LEFT JOIN attribute_values
    ON
        slots.week = attribute_values.week
        AND slots.model = attribute_values.model
        AND slots.suite = attribute_values.suite
        AND cast(split_part(slots.suite_version, '.', 1) AS INTEGER) = attribute_values.suite_major
        AND labels.attribute = attribute_values.attribute
        AND labels.value = attribute_values.value
WHERE labels.week = cast($week AS DATE)
ORDER BY ALL
