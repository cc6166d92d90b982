-- Answers: What was asked of each picture, who read it, and what did they say? Steps of the audit queries
--   that count readings; they need answers_given.
-- Grain: declared: value; asked: prompt, attribute; said: label; readers: model, attribute, labeler,
--   labeler_version.
-- Columns: occasion: week or study; shown: value, or its band.
-- Depends on: plans, prompt_attributes, attribute_values, labels, study_slots, study_labels,
--   study_attribute_values
WITH
models AS (
    SELECT DISTINCT
        study, model
    FROM study_slots
),

declared AS (
    SELECT
        cast(week AS VARCHAR) AS occasion,
        model, suite, suite_major, attribute, value, position, in_support,
        coalesce(band, value) AS shown
    FROM attribute_values
    UNION ALL
    SELECT
        study AS occasion,
        models.model,
        study AS suite,
        1 AS suite_major,
        listed.attribute, listed.value, listed.position, listed.in_support,
        listed.value AS shown
    FROM study_attribute_values AS listed
    INNER JOIN models USING (study)
),

asked AS (
    SELECT
        cast(week AS VARCHAR) AS occasion,
        model, suite, suite_major, prompt, attribute
    FROM prompt_attributes
    UNION ALL
    SELECT DISTINCT
        answers_given.occasion, answers_given.model, answers_given.suite, answers_given.suite_major,
        answers_given.prompt,
        declared.attribute
    FROM answers_given
    INNER JOIN declared USING (occasion, model)
    WHERE answers_given.is_study
),

said AS (
    SELECT
        cast(week AS VARCHAR) AS occasion,
        model, slot_key, attribute, labeler, labeler_version, value
    FROM labels
    UNION ALL
    SELECT
        study, study_slots.model, slot_key, study_labels.attribute, study_labels.labeler,
        study_labels.labeler_version, study_labels.value
    FROM study_labels
    INNER JOIN study_slots USING (study, slot_key)
),

planned_labelers AS (
    SELECT
        plans.week, plans.model, plans.labeler,
        coalesce(
            max_by(
                labels.labeler_version,
                (
                    coalesce(try_cast(split_part(labels.labeler_version, '-', 1) AS INTEGER), -1),
                    labels.labeler_version
                )
            ),
            ''
        ) AS labeler_version
    FROM plans
    LEFT JOIN labels USING (week, model, labeler)
    GROUP BY plans.week, plans.model, plans.labeler
),

readers AS (
    SELECT
        occasion, model, attribute, labeler, labeler_version
    FROM said
    UNION
    SELECT
        models.study, models.model, study_labels.attribute, study_labels.labeler, study_labels.labeler_version
    FROM study_labels
    INNER JOIN models USING (study)
    UNION
    SELECT
        asked.occasion, asked.model, asked.attribute, planned_labelers.labeler,
        planned_labelers.labeler_version
    FROM asked
    INNER JOIN planned_labelers
        ON asked.occasion = cast(planned_labelers.week AS VARCHAR) AND asked.model = planned_labelers.model
)

SELECT * FROM readers
