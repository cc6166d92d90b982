-- Answers: in which pictures was what a combination is of read, and shown? First steps of combinations and
--   cluster_combinations.
-- Grain: pictures: picture × combination.
-- Columns: of pictures: keys of the cell, slot_key; asked: attributes of the combination that the prompt has;
--   assessed: those that were; shown: those that show its values; parts: all.
-- Depends on: combinations, slot_outcomes, prompt_attributes, plans, attribute_values, labels
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

read AS (
    SELECT
        labels.week, labels.model, labels.slot_key, labels.attribute, labels.value
    FROM labels
    INNER JOIN versions USING (week, model, labeler, labeler_version)
    SEMI JOIN combinations ON labels.attribute = combinations.attribute
),

wanted AS (
    SELECT
        suite, suite_major, combination, attribute, value,
        count(*) OVER (PARTITION BY suite, suite_major, combination) AS parts
    FROM combinations
),

pictures AS (
    SELECT
        slot_outcomes.week, slot_outcomes.model, slot_outcomes.suite, slot_outcomes.suite_version,
        slot_outcomes.prompt,
        least(slot_outcomes.turn, 2) AS turn,
        slot_outcomes.slot_key, wanted.combination, wanted.parts,
        count(*) AS asked,
        count(*) FILTER (WHERE known.in_support) AS assessed,
        count(*) FILTER (WHERE known.in_support AND coalesce(known.band, known.value) = wanted.value) AS shown
    FROM slot_outcomes
    INNER JOIN wanted USING (suite, suite_major)
    INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt, attribute)
    LEFT JOIN read USING (week, model, slot_key, attribute)
    LEFT JOIN attribute_values AS known
        ON
            slot_outcomes.week = known.week
            AND slot_outcomes.model = known.model
            AND slot_outcomes.suite = known.suite
            AND slot_outcomes.suite_major = known.suite_major
            AND wanted.attribute = known.attribute
            AND read.value = known.value
    WHERE slot_outcomes.is_picture
    GROUP BY ALL
)

SELECT * FROM pictures
