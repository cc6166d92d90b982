-- Answers: What did each labeler read in each picture? First steps of the audit queries that name this
--   text under "Uses": from plans, slots, attempts, labels and what is declared alone.
-- Grain: readings: picture, attribute (all:<id> of a combination or claim), labeler, labeler_version.
-- Columns: as answers_given; value: as counted; shown: value or band in the support, else NULL.
-- Depends on: plans, slots, prompts, prompt_attributes, attribute_values, attempts, outcomes, labels,
--   joint_values, study_slots, study_labels, study_attribute_values
WITH
-- Uses: answers_given

-- Uses: said

single AS (
    SELECT
        answers_given.*,
        asked.attribute, readers.labeler, readers.labeler_version,
        CASE WHEN said.value IS NULL THEN 'not_assessed' ELSE coalesce(declared.value, 'invalid') END
            AS value,
        CASE WHEN declared.in_support THEN declared.shown END AS shown
    FROM answers_given
    INNER JOIN asked USING (occasion, model, suite, suite_major, prompt)
    INNER JOIN readers USING (occasion, model, attribute)
    LEFT JOIN said USING (occasion, model, slot_key, attribute, labeler, labeler_version)
    LEFT JOIN declared
        ON
            answers_given.occasion = declared.occasion
            AND answers_given.model = declared.model
            AND answers_given.suite = declared.suite
            AND answers_given.suite_major = declared.suite_major
            AND asked.attribute = declared.attribute
            AND said.value = declared.value
    WHERE answers_given.ended = 'pictures'
),

-- what one picture shows of several attributes
parts AS (
    SELECT
        joint, suite, suite_major, attribute,
        list(value) AS accepted,
        count(*) OVER (PARTITION BY joint, suite, suite_major) AS many
    FROM joint_values
    GROUP BY joint, suite, suite_major, attribute
),

wanted AS (
    SELECT
        asked.occasion, asked.model, suite, suite_major, asked.prompt, parts.joint
    FROM asked
    INNER JOIN parts USING (suite, suite_major, attribute)
    GROUP BY ALL
    HAVING count(*) = any_value(parts.many)
),

together AS (
    SELECT
        single.* EXCLUDE (attribute, value, shown), -- noqa: RF02
        'all:' || parts.joint AS attribute,
        CASE
            WHEN count(*) FILTER (WHERE list_contains(parts.accepted, single.shown)) = any_value(parts.many)
                THEN 'shown'
            WHEN bool_or(NOT list_contains(parts.accepted, single.shown)) THEN 'other'
            ELSE 'open'
        END AS told
    FROM single
    INNER JOIN parts USING (suite, suite_major, attribute)
    SEMI JOIN wanted USING (occasion, model, suite, suite_major, prompt, joint)
    WHERE NOT single.is_study
    GROUP BY ALL
),

readings AS (
    FROM single
    UNION ALL BY NAME
    SELECT
        * RENAME (told AS value),
        nullif(told, 'open') AS shown
    FROM together
),

-- and refusals, as an attribute without a name
seen AS (
    SELECT
        occasion, is_study, model, suite, suite_major, condition, turn, prompt, attribute, labeler,
        labeler_version, shown,
        value IN ('cannot_tell', 'invalid', 'not_assessed', 'open') AS unseen
    FROM readings
    UNION ALL
    SELECT
        occasion, is_study, model, suite, suite_major, condition, turn, prompt,
        '' AS attribute,
        NULL AS labeler,
        NULL AS labeler_version,
        ended AS shown,
        FALSE AS unseen
    FROM answers_given
    WHERE NOT is_study AND ended IN ('pictures', 'refused')
)

SELECT * FROM seen
