-- Answers: How many pictures were read as each value, by each labeler? Counted anew from attempts and
--   labels, to be held against `counts`: every number must be equal.
-- Grain: that of counts.
-- Columns: those of counts.
-- Depends on: plans, slots, prompts, prompt_attributes, attribute_values, attempts, outcomes, labels,
--   joint_values, study_slots, study_labels, study_attribute_values
-- Uses: readings
WITH
counted AS (
    SELECT
        CASE WHEN NOT is_study THEN cast(occasion AS DATE) END AS week,
        CASE WHEN is_study THEN occasion END AS study,
        model, suite, suite_major, condition, turn, suite_version, prompt, attribute, labeler,
        labeler_version, value,
        cast(count(*) AS INTEGER) AS pictures
    FROM readings
    GROUP BY ALL
)

SELECT *
FROM counted
ORDER BY ALL
