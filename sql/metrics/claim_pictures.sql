-- Answers: what was read in each picture of some prompts?
-- Grain: unit × attribute; a unit is a slot, or what came after the first turn of a conversation; one without
--   a picture or a label has one row.
-- Columns: week, model, suite_major, prompt, unit; pictured: it ended with a picture; refused: it ended with
--   an answer without one; attribute: that was labeled, of those asked about; value: band or value of the
--   support, NULL for any other label.
-- Depends on: slot_outcomes, plans, attribute_values, labels
-- Uses: marts/readings
WITH units AS (
    SELECT
        week, model, suite, suite_major, prompt,
        coalesce(conversation, slot_key) AS unit,
        bool_or(is_picture) AS pictured,
        bool_or(is_refused) AND NOT bool_or(is_picture) AS refused,
        min(slot_key) FILTER (WHERE is_picture) AS slot_key
    FROM slot_outcomes
    WHERE list_contains($prompts, prompt) AND (conversation IS NULL OR turn > 1)
    GROUP BY week, model, suite, suite_major, prompt, coalesce(conversation, slot_key)
),

looked_for AS (
    SELECT *
    FROM labels
    WHERE list_contains($attributes, attribute)
),

told AS (
    SELECT
        looked_for.week, looked_for.model, looked_for.slot_key, looked_for.attribute, looked_for.value
    FROM looked_for
    INNER JOIN versions USING (week, model, labeler, labeler_version)
)

SELECT
    units.week, units.model, units.suite_major, units.prompt, units.unit, units.pictured, units.refused,
    told.attribute,
    coalesce(attribute_values.band, attribute_values.value) AS value
FROM units
LEFT JOIN told USING (week, model, slot_key)
LEFT JOIN attribute_values
    ON
        units.week = attribute_values.week
        AND units.model = attribute_values.model
        AND units.suite = attribute_values.suite
        AND units.suite_major = attribute_values.suite_major
        AND told.attribute = attribute_values.attribute
        AND told.value = attribute_values.value
        AND attribute_values.in_support
ORDER BY units.week, units.model, units.prompt, units.unit, told.attribute
