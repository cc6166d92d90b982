-- Answers: which pictures of real models are nearly those of another request for the same prompt and week?
-- Grain: slot_key.
-- Columns:
--   others: the slots with a picture that is nearly the same
-- Depends on: images, slots, plans.
-- Severity: warning
-- Stages: images, publish
-- Rule: Of two pictures of one prompt at least five of the 64 bits of the perceptual hash differ: caches, and
--   seeds that are used twice, make them alike. Drawings of simulated models are alike.
-- Says: pictures that are nearly another one of the same prompt
WITH hashed AS (
    SELECT
        images.week, images.model, images.slot_key, images.image_sha256,
        slots.suite, slots.suite_version, slots.prompt, slots.turn,
        try_cast('0x' || images.image_phash AS UBIGINT) AS bits
    FROM images
    INNER JOIN slots USING (week, model, slot_key)
    INNER JOIN plans USING (week, model)
    WHERE
        images.week = $week
        AND ($model IS NULL OR images.model = $model)
        AND NOT plans.simulated
)

SELECT
    one.week, one.model, one.slot_key,
    string_agg(others.slot_key, ', ' ORDER BY others.slot_key) AS others
FROM hashed AS one
INNER JOIN hashed AS others
    ON
        one.model = others.model
        AND one.suite = others.suite
        AND one.suite_version = others.suite_version
        AND one.prompt = others.prompt
        AND one.turn = others.turn
        AND one.slot_key <> others.slot_key
        AND one.image_sha256 <> others.image_sha256
WHERE bit_count(xor(one.bits, others.bits)) < 5
GROUP BY one.week, one.model, one.slot_key
