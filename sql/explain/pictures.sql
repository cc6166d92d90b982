-- Answers: which pictures does a published share count, what was read in them, and which call drew each?
-- Grain: picture.
-- Columns: week, slot_key and number of the attempt that drew it; image_sha256, image_ext; said: its label,
--   of a combination those of all its attributes.
-- Depends on: slots, prompts, images, attempts, labels, joint_values, plans, withheld
SELECT
    images.week, images.slot_key, images.image_sha256, images.image_ext,
    max(attempts.attempt) AS attempt,
    string_agg(DISTINCT labels.value, ' + ' ORDER BY labels.value) AS said
FROM images
INNER JOIN slots USING (week, model, slot_key)
INNER JOIN prompts USING (week, model, suite, suite_version, prompt)
INNER JOIN labels USING (week, model, slot_key)
INNER JOIN attempts USING (week, model, slot_key)
INNER JOIN plans AS own USING (week, model)
INNER JOIN plans AS newest USING (model, series, params_hash)
ANTI JOIN withheld ON images.week = withheld.week AND images.model = withheld.model
WHERE
    newest.week = $week AND images.week BETWEEN $first AND $week
    AND images.model = $model AND slots.prompt = $prompt AND attempts.outcome = 'ok'
    AND prompts.suite_major = $major AND least(slots.turn, 2) = $turn
    AND labels.labeler = $labeler AND labels.labeler_version = $version
    AND (
        labels.attribute = $attribute
        OR labels.attribute IN (
            SELECT parts.attribute FROM joint_values AS parts
            WHERE
                concat('all:', parts.joint) = $attribute AND parts.suite_major = $major
                AND parts.suite = slots.suite
        )
    )
GROUP BY images.week, images.slot_key, images.image_sha256, images.image_ext, slots.replicate
ORDER BY images.week DESC, slots.replicate ASC, images.slot_key ASC
