-- Answers: which pictures did a model give for another slot too, in the same week or before?
-- Grain: slot_key.
-- Columns:
--   first_week: earliest week in which another slot has the same picture
-- Depends on: images.
-- Severity: warning
-- Stages: images, publish
-- Rule: A model does not give one picture for two slots, in this week or an earlier one.
-- Says: pictures that the model gave for another slot too
SELECT
    images.week, images.model, images.slot_key,
    images.image_sha256,
    min(others.week) AS first_week
FROM images
INNER JOIN images AS others
    ON
        images.model = others.model
        AND images.image_sha256 = others.image_sha256
        AND images.slot_key <> others.slot_key
        AND images.week >= others.week
WHERE
    images.week = $week
    AND ($model IS NULL OR images.model = $model)
GROUP BY images.week, images.model, images.slot_key, images.image_sha256
