-- Answers: Where does each label of the latest week come from: which picture was looked at, by which labeler
--   version, and what was the model sent when it drew it?
-- Grain: slot_key, attribute, labeler, labeler_version, of the latest week that has labels.
-- Columns: week, model, prompt, attribute, value, confidence, labeler, labeler_version, raw, slot_key,
--   replicate, turn, attempt, prompt_planned, prompt_sent, revised_prompt, model_reported, requested_at,
--   outcome, image_sha256, image_key and receipt_key (keys in the store), same_picture (whether the label's
--   picture is the attempt's)
-- Depends on: labels, slots, prompts, attempts.
SELECT
    labels.week, labels.model, slots.prompt, labels.attribute, labels.value, labels.confidence,
    labels.labeler, labels.labeler_version, labels.raw, labels.slot_key, slots.replicate, slots.turn,
    attempts.attempt, prompts.text AS prompt_planned, attempts.prompt_sent, attempts.revised_prompt,
    attempts.model_reported, attempts.requested_at, attempts.outcome,
    labels.image_sha256,
    concat(
        'images/', left(labels.image_sha256, 2), '/', labels.image_sha256, '.', attempts.image_ext
    ) AS image_key,
    concat(
        'attempts/week=', labels.week, '/model=', labels.model, '/', labels.slot_key,
        '/', attempts.attempt, '.json'
    ) AS receipt_key,
    coalesce(labels.image_sha256 = attempts.image_sha256, FALSE) AS same_picture
FROM labels
LEFT JOIN slots USING (week, model, slot_key)
LEFT JOIN prompts
    ON
        slots.week = prompts.week
        AND slots.model = prompts.model
        AND slots.suite = prompts.suite
        AND slots.suite_version = prompts.suite_version
        AND slots.prompt = prompts.prompt
LEFT JOIN attempts
    ON
        labels.week = attempts.week
        AND labels.model = attempts.model
        AND labels.slot_key = attempts.slot_key
        AND attempts.outcome = 'ok'
WHERE labels.week = (SELECT max(newest.week) FROM labels AS newest)
ORDER BY labels.model, slots.prompt, slots.replicate, slots.turn, labels.attribute, labels.labeler_version
