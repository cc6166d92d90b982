-- Answers: which pictures are not those of a successful attempt for their slot, or are said to be of another
--   kind or size than there?
-- Grain: slot_key.
-- Columns: week, model, slot_key, image_sha256.
-- Depends on: images, attempts.
-- Severity: critical
-- Stages: images, publish
-- Rule: Every picture is that of a successful attempt for its slot: hash, type, size, perceptual hash.
-- Says: pictures without their attempt
SELECT
    images.week, images.model, images.slot_key,
    images.image_sha256
FROM images
ANTI JOIN attempts
    ON
        images.week = attempts.week
        AND images.model = attempts.model
        AND images.slot_key = attempts.slot_key
        AND images.image_sha256 = attempts.image_sha256
        AND images.image_ext = attempts.image_ext
        AND images.image_bytes = attempts.image_bytes
        AND images.image_mime = attempts.image_mime
        AND images.image_width = attempts.image_width
        AND images.image_height = attempts.image_height
        AND images.image_phash IS NOT DISTINCT FROM attempts.image_phash
        AND attempts.outcome = 'ok'
        AND attempts.week = $week
WHERE
    images.week = $week
    AND ($model IS NULL OR images.model = $model)
