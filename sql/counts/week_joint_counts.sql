-- Answers: how many pictures of each prompt of one partition show all parts of each combination or claim?
-- Grain: suite, suite_major, condition, turn, prompt, attribute (all:<id>), labeler, labeler_version, value;
--   no zeros.
-- Columns: those of counts.
-- Depends on: ended, plans, labels, prompt_attributes, attribute_values, joint_values
-- Uses: pictures
WITH parts AS (
    SELECT
        *,
        count(*) OVER (PARTITION BY joint, suite, suite_major) AS attributes
    FROM (
        SELECT
            joint, suite, suite_major, attribute,
            list(value) AS accepted
        FROM joint_values
        GROUP BY ALL
    ) AS listed
),

-- prompts of which all parts are looked for
wanted AS (
    SELECT
        parts.joint, parts.suite, parts.suite_major, parts.attribute, parts.accepted, prompt_attributes.prompt
    FROM parts
    INNER JOIN prompt_attributes USING (suite, suite_major, attribute)
    WHERE prompt_attributes.week = cast($week AS DATE) AND prompt_attributes.model = $model
    QUALIFY
        parts.attributes = count(*) OVER (
            PARTITION BY parts.joint, parts.suite, parts.suite_major, prompt_attributes.prompt
        )
),

readers AS (
    SELECT DISTINCT
        wanted.joint, read.labeler, read.labeler_version
    FROM read
    INNER JOIN wanted USING (attribute)
    UNION
    SELECT
        wanted.joint, planned.labeler, planned.labeler_version
    FROM wanted
    CROSS JOIN planned
),

known AS (
    SELECT
        suite, suite_major, attribute, value,
        coalesce(band, value) AS shown
    FROM attribute_values
    WHERE week = cast($week AS DATE) AND model = $model AND in_support
),

judged AS (
    SELECT
        pictures.suite, pictures.suite_major, pictures.condition, pictures.turn, pictures.suite_version,
        pictures.prompt, wanted.joint, readers.labeler, readers.labeler_version, pictures.slot_key,
        coalesce(bool_or(NOT list_contains(wanted.accepted, known.shown)), FALSE) AS contradicted,
        bool_and(coalesce(list_contains(wanted.accepted, known.shown), FALSE)) AS shown
    FROM pictures
    INNER JOIN wanted USING (suite, suite_major, prompt)
    INNER JOIN readers USING (joint)
    LEFT JOIN read USING (slot_key, attribute, labeler, labeler_version)
    LEFT JOIN known
        ON
            wanted.suite = known.suite
            AND wanted.suite_major = known.suite_major
            AND wanted.attribute = known.attribute
            AND read.value = known.value
    GROUP BY ALL
)

SELECT
    cast($week AS DATE) AS week,
    cast(NULL AS VARCHAR) AS study,
    $model AS model,
    suite, suite_major, condition, turn, suite_version, prompt,
    'all:' || joint AS attribute,
    labeler, labeler_version,
    CASE WHEN shown THEN 'shown' WHEN contradicted THEN 'other' ELSE 'open' END AS value,
    cast(count(*) AS INTEGER) AS pictures
FROM judged
GROUP BY ALL
ORDER BY ALL
