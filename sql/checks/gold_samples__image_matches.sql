-- Answers: which drawn pictures are not the picture that their slot has?
-- Grain: gold_set, slot_key; sets of the eight weeks that end with the week, which put its figures right.
-- Columns: gold_set, week, model, slot_key, image_sha256.
-- Depends on: gold_samples, images, attempts.
-- Severity: critical
-- Stages: publish
-- Rule: A picture of a gold set is the picture that its slot has, unless that was taken back.
-- Says: gold pictures that are not their slot's
SELECT
    gold_samples.gold_set, gold_samples.week, gold_samples.model, gold_samples.slot_key,
    gold_samples.image_sha256
FROM gold_samples
ANTI JOIN images
    ON
        gold_samples.week = images.week
        AND gold_samples.model = images.model
        AND gold_samples.slot_key = images.slot_key
        AND gold_samples.image_sha256 = images.image_sha256
        AND images.week BETWEEN cast($week AS DATE) - 49 AND cast($week AS DATE)
ANTI JOIN attempts AS taken
    ON
        gold_samples.week = taken.week
        AND gold_samples.model = taken.model
        AND gold_samples.slot_key = taken.slot_key
        AND taken.outcome = 'retracted'
        AND taken.week BETWEEN cast($week AS DATE) - 49 AND cast($week AS DATE)
WHERE
    gold_samples.week BETWEEN cast($week AS DATE) - 49 AND cast($week AS DATE)
    AND ($model IS NULL OR gold_samples.model = $model)
