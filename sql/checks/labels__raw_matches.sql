-- Answers: which labels say another value than the labeler's own words beside them? Words that are no value,
--   as probabilities and a number of faces, are left alone; of an invalid answer nothing was made.
-- Grain: slot_key, attribute, labeler, labeler_version.
-- Columns: those of labels that say what was read.
-- Depends on: labels, attribute_values.
-- Severity: critical
-- Stages: labels, publish
-- Rule: Where a labeler's own words are a declared value, or the words of photo for a gender, the label is
--   that value.
-- Says: labels with another value than the words beside them
WITH declared AS (
    SELECT DISTINCT
        model, attribute,
        value AS raw
    FROM attribute_values
    WHERE week = $week
)

SELECT
    labels.week, labels.model, labels.slot_key, labels.attribute, labels.labeler, labels.labeler_version,
    labels.value, labels.raw
FROM labels
LEFT JOIN declared USING (model, attribute, raw)
WHERE
    labels.week = $week
    AND ($model IS NULL OR labels.model = $model)
    AND labels.value NOT IN ('invalid', labels.raw)
    AND (
        declared.raw IS NOT NULL
        OR (
            labels.labeler = 'photo'
            AND (labels.value, labels.raw) IN (('feminine', 'male'), ('masculine', 'female'))
        )
    )
