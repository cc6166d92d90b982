-- Answers: which successful attempts do not name a whole picture?
-- Grain: slot_key, attempt.
-- Columns: those that say what the picture is.
-- Depends on: attempts.
-- Severity: critical
-- Stages: images, publish
-- Rule: An attempt that succeeded names its picture: hash, size, type, width and height.
-- Says: successful attempts without a whole picture
SELECT
    week, model, slot_key, attempt,
    image_sha256,
    image_ext, image_bytes, image_mime, image_width, image_height
FROM attempts
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND outcome = 'ok'
    AND NOT coalesce(
        image_sha256 <> ''
        AND image_ext <> ''
        AND image_bytes > 0
        AND image_mime LIKE 'image/%'
        AND image_width > 0
        AND image_height > 0,
        FALSE
    )
