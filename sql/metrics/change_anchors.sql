-- Answers: which share of the frozen pictures did each labeler read otherwise than the time before?
-- Grain: week, labeler, labeler_version, attribute; over all anchor sets.
-- Columns: those, and moved.
-- Depends on: labeler_drift
SELECT
    week, labeler, labeler_version, attribute,
    sum(moved_since_previous) / sum(pictures) AS moved
FROM labeler_drift
WHERE week BETWEEN $first AND $last AND pictures > 0
GROUP BY week, labeler, labeler_version, attribute
ORDER BY ALL
