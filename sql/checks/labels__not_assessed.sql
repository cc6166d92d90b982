-- Answers: which planned labels are missing, though the labeler reads the attribute in this model and week?
-- Grain: slot_key, attribute.
-- Columns:
--   labeler, labeler_version: the plan's labeler in the version that is scored (its highest number)
-- Depends on: plans, slots, images, prompt_attributes, labels.
-- Severity: warning
-- Stages: labels, publish
-- Rule: Every picture has a label for each planned attribute that the labeler reads at all.
-- Says: planned labels that are missing
WITH given AS (
    SELECT *
    FROM labels
    WHERE week = $week
),

versions AS (
    SELECT
        plans.week, plans.model, given.labeler, given.labeler_version
    FROM plans
    INNER JOIN given USING (week, model, labeler)
    WHERE
        plans.week = $week
        AND ($model IS NULL OR plans.model = $model)
    GROUP BY plans.week, plans.model, given.labeler, given.labeler_version
    QUALIFY row_number() OVER (
        PARTITION BY plans.week, plans.model
        ORDER BY
            try_cast(split_part(given.labeler_version, '-', 1) AS INTEGER) DESC NULLS LAST,
            given.labeler_version DESC
    ) = 1
),

readable AS (
    SELECT DISTINCT
        week, labeler, attribute
    FROM given
)

SELECT
    images.week, images.model, images.slot_key, prompt_attributes.attribute, versions.labeler,
    versions.labeler_version
FROM images
INNER JOIN versions USING (week, model)
INNER JOIN slots USING (week, model, slot_key)
INNER JOIN prompt_attributes
    ON
        slots.week = prompt_attributes.week
        AND slots.model = prompt_attributes.model
        AND slots.suite = prompt_attributes.suite
        AND cast(split_part(slots.suite_version, '.', 1) AS INTEGER) = prompt_attributes.suite_major
        AND slots.prompt = prompt_attributes.prompt
SEMI JOIN readable USING (week, labeler, attribute)
ANTI JOIN given USING (week, model, slot_key, attribute, labeler, labeler_version)
