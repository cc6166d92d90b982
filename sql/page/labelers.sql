-- Answers: which labeler version was each attribute read by, and in which weeks?
-- Grain: one row for each attribute × labeler × version.
-- Columns: first_week and last_week bound the weeks in which it was used.
-- Depends on: cell_counts
SELECT
    attribute, labeler, labeler_version,
    min(week) AS first_week,
    max(week) AS last_week
FROM cell_counts
WHERE week <= cast($week AS DATE) AND labeler IS NOT NULL AND labeler_version IS NOT NULL
GROUP BY attribute, labeler, labeler_version
ORDER BY attribute, first_week, labeler, labeler_version
