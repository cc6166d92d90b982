-- Answers: which labelers said other things of anchor pictures than before, and who accepted it why?
-- Grain: one row for each week × anchor set × labeler version × attribute in which a label moved.
-- Columns: those of labeler_drift.
-- Depends on: labeler_drift
SELECT
    week, anchor_set, labeler, labeler_version, attribute, pictures, moved, accepted_reason, accepted_by
FROM labeler_drift
WHERE week <= cast($week AS DATE) AND moved > 0
ORDER BY week, labeler, labeler_version, attribute, anchor_set
