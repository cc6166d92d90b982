-- Answers: which labelers say other things of anchor pictures than before, so that a person must look?
-- Grain: anchor_set, labeler, labeler_version, attribute; no one model's affair, so that nothing fails for a
--   single model.
-- Columns:
--   moved, pictures: number of pictures that moved, and that were compared
--   failing_rows: the former
--   problem: the same in words
-- Depends on: labeler_drift.
-- Severity: warning
-- Stages: publish
-- Rule: No label of an anchor picture moved, or a person accepted it with a reason.
SELECT
    week, anchor_set, labeler, labeler_version, attribute, moved, pictures, examples, moved AS failing_rows,
    concat(
        attribute, ': ', moved, ' of ', pictures, ' labels of ', labeler, ' on the anchors ', anchor_set,
        ' moved since the week ', baseline_week, ' (cliche anchors accept, or fix the labeler)'
    ) AS problem
FROM labeler_drift
WHERE
    week = $week
    AND $model IS NULL
    AND moved > 0
    AND accepted_reason IS NULL
ORDER BY anchor_set, labeler, labeler_version, attribute
