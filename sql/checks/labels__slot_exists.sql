-- Answers: which labels are of a slot that nobody planned?
-- Grain: slot_key, attribute, labeler, labeler_version.
-- Columns: those of labels that say whose label it is.
-- Depends on: labels, slots.
-- Severity: critical
-- Stages: labels, publish
-- Rule: Every label is of a planned slot.
-- Says: labels of no planned slot
WITH planned AS (
    SELECT
        model, slot_key
    FROM slots
    WHERE week = $week
)

SELECT
    labels.week, labels.model, labels.slot_key, labels.attribute, labels.labeler, labels.labeler_version
FROM labels
ANTI JOIN planned USING (model, slot_key)
WHERE
    labels.week = $week
    AND ($model IS NULL OR labels.model = $model)
