-- Answers: what was read in the pictures? The first steps of the statements that name this text under "Uses".
-- Grain: versions: week, model; readings: cell × attribute × label.
-- Columns: versions: the planned labeler and its version with the highest number, whose labels count.
--   readings: keys of the cell (turn 2: all that came after a confrontation), attribute, pictures; value,
--   band and in_support of the declared value that the label is (NULL: none).
-- Depends on: slot_outcomes, plans, attribute_values, labels
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

labelled AS (
    SELECT
        labels.week, labels.model, slot_outcomes.suite, slot_outcomes.suite_version,
        slot_outcomes.suite_major, slot_outcomes.prompt,
        least(slot_outcomes.turn, 2) AS turn,
        labels.attribute, labels.value,
        count(*) AS pictures
    FROM labels
    INNER JOIN versions USING (week, model, labeler, labeler_version)
    INNER JOIN slot_outcomes USING (week, model, slot_key)
    WHERE slot_outcomes.is_picture
    GROUP BY ALL
),

readings AS (
    SELECT
        labelled.* EXCLUDE (value),
        attribute_values.value, attribute_values.band, attribute_values.in_support
    FROM labelled
    LEFT JOIN attribute_values USING (week, model, suite, suite_major, attribute, value)
)

SELECT * FROM readings
