-- Answers: which labels of anchor pictures say another value than the labeler's own words beside them? As
--   labels__raw_matches, with the values that any suite of the week declares.
-- Grain: anchor_set, image_sha256, attribute, labeler, labeler_version; no one model's affair, so that
--   nothing fails for a single model.
-- Columns: those of anchor_labels that say what was read.
-- Depends on: anchor_labels, attribute_values.
-- Severity: warning
-- Stages: publish
-- Rule: Where a labeler's own words about an anchor are a declared value, or the words of photo for a
--   gender, the label is that value.
-- Says: labels of anchors with another value than the words beside them
WITH declared AS (
    SELECT DISTINCT
        attribute,
        value AS raw
    FROM attribute_values
    WHERE week = $week
)

SELECT
    anchor_labels.week, anchor_labels.anchor_set, anchor_labels.image_sha256, anchor_labels.attribute,
    anchor_labels.labeler, anchor_labels.labeler_version, anchor_labels.value, anchor_labels.raw
FROM anchor_labels
LEFT JOIN declared USING (attribute, raw)
WHERE
    anchor_labels.week = $week
    AND $model IS NULL
    AND anchor_labels.value NOT IN ('invalid', anchor_labels.raw)
    AND (
        declared.raw IS NOT NULL
        OR (
            anchor_labels.labeler = 'photo'
            AND (anchor_labels.value, anchor_labels.raw) IN (('feminine', 'male'), ('masculine', 'female'))
        )
    )
