-- Answers: which share of the frozen pictures did each labeler read otherwise than the time before?
-- Grain: week × labeler_version × attribute; over all anchor sets.
-- Columns: those, and moved_share.
-- Depends on: labeler_drift
SELECT
    week, labeler_version, attribute,
    sum(moved_since_previous) / sum(pictures) AS moved_share
FROM labeler_drift
WHERE pictures > 0
GROUP BY week, labeler_version, attribute
ORDER BY ALL
