-- Answers: which pictures did another model give too in the same week?
-- Grain: slot_key.
-- Columns:
--   others: the other models
-- Depends on: images.
-- Severity: warning
-- Stages: publish
-- Rule: Two models do not give the same picture in one week.
-- Says: pictures that another model gave too
SELECT
    images.week, images.model, images.slot_key,
    images.image_sha256,
    string_agg(DISTINCT others.model, ', ' ORDER BY others.model) AS others
FROM images
INNER JOIN images AS others
    ON
        images.week = others.week
        AND images.image_sha256 = others.image_sha256
        AND images.model <> others.model
WHERE
    images.week = $week
    AND ($model IS NULL OR images.model = $model)
GROUP BY images.week, images.model, images.slot_key, images.image_sha256
