-- Answers: for which models did the plan's labeler see a person in more than 20 % of the pictures of objects
--   (canary), and in at least two? What it says of persons cannot be believed. Others label beside it unseen.
-- Grain: model, labeler, labeler_version.
-- Columns:
--   persons, pictures: pictures in which a person was seen, and all that were looked at
--   failing_rows: the former
--   problem: the same in words
-- Depends on: labels, plans, slots, prompts.
-- Severity: critical
-- Stages: labels, publish
-- Rule: In at most 20 % of pictures of objects (the canary) a model's labeler sees a person, or labels mean
--   nothing.
WITH looked AS (
    SELECT
        labels.week, labels.model, labels.labeler, labels.labeler_version,
        count(*) FILTER (WHERE labels.value IN ('1', '2', '3+')) AS persons,
        count(*) AS pictures
    FROM labels
    INNER JOIN plans USING (week, model, labeler)
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
    GROUP BY labels.week, labels.model, labels.labeler, labels.labeler_version
)

SELECT
    *,
    persons AS failing_rows,
    concat(labeler, ' sees a person in ', persons, ' of ', pictures, ' pictures of objects') AS problem
FROM looked
WHERE persons >= 2 AND persons > 0.2 * pictures
ORDER BY model, labeler, labeler_version
