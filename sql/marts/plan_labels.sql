-- Answers: what did the labeler that the plan names read in each picture? One row per picture and attribute,
--   whoever labeled besides, and in whatever versions.
-- Grain: week, model, slot_key, attribute.
-- Weeks: filter
-- Columns:
--   labeler: labeler that the plan names
--   labeler_version: of its versions the one with the highest number
-- Depends on: labels, plans.
WITH versions AS (
    SELECT
        labels.week, labels.model, labels.labeler,
        max_by(
            labels.labeler_version,
            (
                coalesce(try_cast(split_part(labels.labeler_version, '-', 1) AS INTEGER), -1),
                labels.labeler_version
            )
        ) AS labeler_version
    FROM labels
    SEMI JOIN plans USING (week, model, labeler)
    GROUP BY labels.week, labels.model, labels.labeler
)

SELECT labels.* -- noqa: AM04
FROM labels
SEMI JOIN versions USING (week, model, labeler, labeler_version)
