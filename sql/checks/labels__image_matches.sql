-- Answers: which labels of planned slots were read from a picture that is not the slot's?
-- Grain: slot_key, attribute, labeler, labeler_version.
-- Columns:
--   image_sha256: what the label was read from
-- Depends on: labels, slots, images.
-- Severity: critical
-- Stages: labels, publish
-- Rule: A label was read from the picture that its slot has.
-- Says: labels read from another picture than the slot's
WITH planned AS (
    SELECT
        model, slot_key
    FROM slots
    WHERE week = $week
)

SELECT
    labels.week, labels.model, labels.slot_key, labels.attribute, labels.labeler, labels.labeler_version,
    labels.image_sha256
FROM labels
SEMI JOIN planned USING (model, slot_key)
ANTI JOIN images
    ON
        labels.week = images.week
        AND labels.model = images.model
        AND labels.slot_key = images.slot_key
        AND labels.image_sha256 = images.image_sha256
        AND images.week = $week
WHERE
    labels.week = $week
    AND ($model IS NULL OR labels.model = $model)
    AND labels.image_sha256 IS NOT NULL
