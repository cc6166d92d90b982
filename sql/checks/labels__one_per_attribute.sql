-- Answers: which attributes of a slot have more than one label of one labeler version?
-- Grain: slot_key, attribute, labeler, labeler_version.
-- Columns: those of the grain; failing_rows: labels too many.
-- Depends on: labels.
-- Severity: critical
-- Stages: labels, publish
-- Rule: One label for each slot, attribute and labeler version.
-- Says: labels beside another of the same slot, attribute and labeler version
SELECT
    week, model, slot_key, attribute, labeler, labeler_version,
    count(*) - 1 AS failing_rows
FROM labels
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
GROUP BY week, model, slot_key, attribute, labeler, labeler_version
HAVING count(*) > 1
