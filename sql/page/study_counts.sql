-- Answers: how many pictures of each model of a study were read as each value, under each condition?
-- Grain: study, attribute, labeler, labeler_version, model, condition, value; all prompts together.
-- Columns: value: declared value, invalid, not_assessed (picture without a label), or missing (no picture
--   and no label), those last; share, low, high: the mean over prompts.
-- Depends on: answers, counts, figures, study_attribute_values, study_labels, study_models
WITH readers AS (
    SELECT
        study, attribute, labeler, labeler_version,
        min(labeler_kind) AS labeler_kind
    FROM study_labels
    GROUP BY study, attribute, labeler, labeler_version
),

countable AS (
    SELECT
        study, attribute, value, in_support, position
    FROM study_attribute_values
    UNION ALL
    SELECT
        study, attribute,
        unnest(['invalid', 'not_assessed', 'missing']) AS value,
        FALSE AS in_support,
        max(position) + unnest([1, 2, 3]) AS position
    FROM study_attribute_values
    GROUP BY study, attribute
),

asked AS (
    SELECT
        study, model, condition,
        sum(not_asked) AS missing
    FROM answers
    WHERE study IS NOT NULL
    GROUP BY study, model, condition
),

counted AS (
    SELECT
        study, model, condition, attribute, labeler, labeler_version, value,
        sum(pictures) AS pictures
    FROM counts
    WHERE study IS NOT NULL
    GROUP BY study, model, condition, attribute, labeler, labeler_version, value
),

shares AS (
    SELECT
        study, model, condition, attribute, labeler, labeler_version, value, estimate, low, high
    FROM figures
    WHERE study IS NOT NULL AND figure = 'mean_share' AND selection IS NULL
)

SELECT
    asked.study, readers.attribute, readers.labeler, readers.labeler_kind, readers.labeler_version,
    asked.model, study_models.title, asked.condition, countable.value, countable.in_support,
    cast(
        CASE WHEN countable.value = 'missing' THEN asked.missing ELSE coalesce(counted.pictures, 0) END
        AS BIGINT
    ) AS pictures,
    shares.estimate AS share,
    shares.low, shares.high
FROM asked
INNER JOIN study_models USING (study, model)
INNER JOIN readers USING (study)
INNER JOIN countable USING (study, attribute)
LEFT JOIN counted USING (study, model, condition, attribute, labeler, labeler_version, value)
LEFT JOIN shares USING (study, model, condition, attribute, labeler, labeler_version, value)
ORDER BY
    asked.study, readers.attribute, readers.labeler, readers.labeler_version, study_models.title,
    asked.model, asked.condition, countable.position
