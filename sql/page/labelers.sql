-- Answers: which version of the planned labelers was each attribute read by, and in which weeks?
-- Grain: one row for each attribute × labeler × version.
-- Columns: first_week and last_week bound the weeks in which it was used.
-- Depends on: counts, plans
SELECT
    counts.attribute, counts.labeler, counts.labeler_version,
    min(counts.week) AS first_week,
    max(counts.week) AS last_week
FROM counts
SEMI JOIN plans USING (week, model, labeler)
WHERE
    counts.week <= cast($week AS DATE) AND counts.labeler_version <> ''
    AND counts.value <> 'not_assessed'
    AND NOT starts_with(counts.attribute, 'all:')
GROUP BY counts.attribute, counts.labeler, counts.labeler_version
ORDER BY counts.attribute, first_week, counts.labeler, counts.labeler_version
