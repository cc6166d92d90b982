-- Answers: in which pictures of an object (the canary) did a labeler see a person?
-- Grain: slot_key, labeler, labeler_version.
-- Columns:
--   value: how many persons it saw
-- Depends on: labels, slots, prompts.
-- Severity: warning
-- Stages: labels, publish
-- Rule: Pictures of objects (the canary) show no person.
-- Says: persons seen in pictures of objects
SELECT
    labels.week, labels.model, labels.slot_key, slots.prompt, labels.labeler, labels.labeler_version,
    labels.value
FROM labels
INNER JOIN slots USING (week, model, slot_key)
SEMI JOIN prompts
    ON
        slots.week = prompts.week
        AND slots.model = prompts.model
        AND slots.suite = prompts.suite
        AND slots.prompt = prompts.prompt
        AND prompts.subject LIKE 'object:%'
WHERE
    labels.week = $week
    AND ($model IS NULL OR labels.model = $model)
    AND labels.attribute = 'person_count'
    AND labels.value IN ('1', '2', '3+')
