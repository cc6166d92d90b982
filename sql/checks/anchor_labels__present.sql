-- Answers: which labelers of the week did not label the anchors, so that it would not be seen if they moved?
-- Grain: anchor_set, labeler, labeler_version; no one model's affair, so that nothing fails for a single
--   model.
-- Columns: problem says it in words.
-- Depends on: anchors, labels, anchor_labels.
-- Severity: warning
-- Stages: publish
-- Rule: Every labeler of the week labeled every anchor set in it.
WITH in_use AS (
    SELECT DISTINCT
        labeler, labeler_version
    FROM labels
    WHERE week = $week AND $model IS NULL
),

sets AS (
    SELECT DISTINCT anchor_set
    FROM anchors
),

done AS (
    SELECT DISTINCT
        anchor_set, labeler, labeler_version
    FROM anchor_labels
    WHERE week = $week
)

SELECT
    sets.anchor_set, in_use.labeler, in_use.labeler_version,
    concat(in_use.labeler, ' did not label the anchors ', sets.anchor_set, ' in this week') AS problem
FROM in_use
CROSS JOIN sets
ANTI JOIN done USING (anchor_set, labeler, labeler_version)
ORDER BY sets.anchor_set, in_use.labeler, in_use.labeler_version
