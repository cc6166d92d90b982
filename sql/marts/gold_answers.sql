-- Answers: what do people say of each gold picture, and what did the program read of it?
-- Grain: gold_set, slot_key, attribute: each question that a person answered.
-- Weeks: own
-- Columns:
--   value: the gold answer: what the two raters said where they agree, else what two of the three said;
--     cannot_tell where all three differ; a band where the attribute has bands; NULL as long as there is
--     none
--   in_support: true if the value is in the support of its attribute; false for cannot_tell and the like;
--     NULL where value is
--   reason: one_rater (one of the two did not answer) or awaits_third (they differ, and the third person did
--     not answer), where value is NULL; all_differ where it is cannot_tell because all three differ; else
--     NULL
--   raters: number of people who answered
--   differed: true if the two raters differ; NULL where only one answered
--   read_value: what the labeler that the plan names read, in its version with the highest number; a band
--     where the attribute has bands; NULL if it read nothing
--   read_in_support: true if read_value is in the support of its attribute; NULL where read_value is
--   labeler: labeler that read read_value
--   labeler_version: version of it
--   stratum_pictures: number of pictures of the stratum that the attribute applies to
-- Depends on: gold_labels, gold_samples, gold_strata, attribute_values, plan_labels.
WITH said AS (
    SELECT
        gold_labels.gold_set, gold_labels.week, gold_labels.model, gold_labels.suite, gold_labels.suite_major,
        gold_labels.prompt, gold_labels.slot_key, gold_labels.attribute, gold_labels.stratum,
        gold_labels.inclusion_probability,
        gold_labels.rater = 'third' AS by_third,
        coalesce(declared.band, gold_labels.value) AS told
    FROM gold_labels
    LEFT JOIN attribute_values AS declared USING (week, model, suite, suite_major, attribute, value)
),

questions AS (
    SELECT
        gold_set, week, model, suite, suite_major, prompt, slot_key, attribute, stratum,
        inclusion_probability,
        count(*) AS raters,
        count(*) FILTER (WHERE NOT by_third) AS of_two,
        min(told) FILTER (WHERE NOT by_third) AS one,
        max(told) FILTER (WHERE NOT by_third) AS other,
        max(told) FILTER (WHERE by_third) AS third
    FROM said
    GROUP BY
        gold_set, week, model, suite, suite_major, prompt, slot_key, attribute, stratum, inclusion_probability
),

answered AS (
    SELECT
        *,
        CASE
            WHEN of_two < 2 THEN NULL
            WHEN one = other THEN one
            WHEN third IN (one, other) THEN third
            WHEN third IS NOT NULL THEN 'cannot_tell'
        END AS value,
        CASE
            WHEN of_two < 2 THEN 'one_rater'
            WHEN one = other OR third IN (one, other) THEN NULL
            WHEN third IS NULL THEN 'awaits_third'
            ELSE 'all_differ'
        END AS reason,
        CASE WHEN of_two = 2 THEN one <> other END AS differed
    FROM questions
),

told AS (
    SELECT DISTINCT
        week, model, suite, suite_major, attribute, in_support,
        coalesce(band, value) AS value
    FROM attribute_values
)

SELECT
    answered.gold_set, answered.week, answered.model, answered.suite, answered.suite_major, answered.prompt,
    answered.slot_key, answered.attribute, answered.value, told.in_support, answered.reason, answered.raters,
    answered.differed,
    coalesce(seen.band, labels.value) AS read_value,
    CASE WHEN labels.value IS NOT NULL THEN coalesce(seen.in_support, FALSE) END AS read_in_support,
    labels.labeler, labels.labeler_version, answered.stratum,
    gold_strata.pictures AS stratum_pictures,
    answered.inclusion_probability, gold_samples.simulated
FROM answered
INNER JOIN gold_samples USING (gold_set, slot_key)
INNER JOIN gold_strata
    ON
        answered.gold_set = gold_strata.gold_set
        AND answered.stratum = gold_strata.stratum
        AND answered.attribute = gold_strata.attribute
LEFT JOIN told
    ON
        answered.week = told.week
        AND answered.model = told.model
        AND answered.suite = told.suite
        AND answered.suite_major = told.suite_major
        AND answered.attribute = told.attribute
        AND answered.value = told.value
LEFT JOIN plan_labels AS labels
    ON
        answered.week = labels.week
        AND answered.model = labels.model
        AND answered.slot_key = labels.slot_key
        AND answered.attribute = labels.attribute
LEFT JOIN attribute_values AS seen
    ON
        labels.week = seen.week
        AND labels.model = seen.model
        AND answered.suite = seen.suite
        AND answered.suite_major = seen.suite_major
        AND labels.attribute = seen.attribute
        AND labels.value = seen.value
