-- Answers: which labelers read an attribute beside the one that the plan names, and in which weeks?
-- Grain: one row for each attribute × labeler × version.
-- Columns: labeler_version: of those of a model and week the one with the highest number; first_week and
--   last_week bound the weeks in which it was used.
-- Depends on: counts, plans
WITH beside AS (
    SELECT counts.*
    FROM counts
    ANTI JOIN plans USING (week, model, labeler)
    WHERE
        counts.week <= cast($week AS DATE) AND counts.value <> 'not_assessed'
        AND NOT starts_with(counts.attribute, 'all:')
),

newest AS (
    SELECT
        week, model, labeler,
        max_by(
            labeler_version,
            (coalesce(try_cast(split_part(labeler_version, '-', 1) AS INTEGER), -1), labeler_version)
        ) AS labeler_version
    FROM beside
    GROUP BY week, model, labeler
)

SELECT
    beside.attribute, beside.labeler, beside.labeler_version,
    min(beside.week) AS first_week,
    max(beside.week) AS last_week
FROM beside
SEMI JOIN newest USING (week, model, labeler, labeler_version)
GROUP BY beside.attribute, beside.labeler, beside.labeler_version
ORDER BY beside.attribute, first_week, beside.labeler, beside.labeler_version
