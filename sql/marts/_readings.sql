-- Answers: what was read in each picture? The first steps of the statements that name this text under "Uses".
-- Grain: versions: week, model; readings: picture × attribute that its prompt asks for.
-- Columns: versions: of the planned labeler the version with the highest number, whose labels count.
--   readings: keys of the cell (turn 2: all that came after a confrontation), attribute, label (NULL: none);
--   value, band, in_support and position of the declared value that the label is (NULL: none).
-- Depends on: slot_outcomes, plans, prompt_attributes, attribute_values, labels
WITH versions AS (
    SELECT
        plans.week, plans.model, labels.labeler, labels.labeler_version
    FROM plans
    INNER JOIN labels USING (week, model, labeler)
    GROUP BY plans.week, plans.model, labels.labeler, labels.labeler_version
    QUALIFY row_number() OVER (
        PARTITION BY plans.week, plans.model
        ORDER BY
            try_cast(split_part(labels.labeler_version, '-', 1) AS INTEGER) DESC NULLS LAST,
            labels.labeler_version DESC
    ) = 1
),

readings AS (
    SELECT
        slot_outcomes.week, slot_outcomes.model, slot_outcomes.suite, slot_outcomes.suite_version,
        slot_outcomes.suite_major, slot_outcomes.prompt,
        least(slot_outcomes.turn, 2) AS turn,
        prompt_attributes.attribute,
        labels.value AS label,
        attribute_values.value, attribute_values.band, attribute_values.in_support, attribute_values.position
    FROM slot_outcomes
    INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt)
    LEFT JOIN versions USING (week, model)
    LEFT JOIN labels USING (week, model, slot_key, attribute, labeler, labeler_version)
    LEFT JOIN attribute_values
        ON
            slot_outcomes.week = attribute_values.week
            AND slot_outcomes.model = attribute_values.model
            AND slot_outcomes.suite = attribute_values.suite
            AND slot_outcomes.suite_major = attribute_values.suite_major
            AND prompt_attributes.attribute = attribute_values.attribute
            AND labels.value = attribute_values.value
    WHERE slot_outcomes.outcome_group = 'success'
)

SELECT * FROM readings
