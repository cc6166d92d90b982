-- Answers: what was looked for in the pictures of a model's suites in a week?
-- Grain: week, model, suite, suite_major, condition, attribute (NULL: refusals, of all that has slots;
--   all:<id> where all its parts are looked for in one prompt).
-- Columns: those.
-- Depends on: answers, prompt_attributes, joint_values
-- Uses: joint_parts
WITH planned AS (
    SELECT DISTINCT
        week, model, suite, suite_major, condition, prompt
    FROM answers
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
),

attributes AS (
    SELECT
        week, model, suite, suite_major, prompt, attribute
    FROM prompt_attributes
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
),

looked_for AS (
    SELECT
        planned.week, planned.model, planned.suite, planned.suite_major, planned.condition, planned.prompt,
        attributes.attribute
    FROM planned
    INNER JOIN attributes USING (week, model, suite, suite_major, prompt)
),

joint AS (
    SELECT
        looked_for.week, looked_for.model, suite, suite_major, looked_for.condition, parts.whole
    FROM looked_for
    INNER JOIN parts USING (suite, suite_major, attribute)
    INNER JOIN needed USING (suite, suite_major, whole)
    GROUP BY
        looked_for.week, looked_for.model, suite, suite_major, looked_for.condition, parts.whole,
        looked_for.prompt
    HAVING count(*) = any_value(needed.many)
)

SELECT DISTINCT
    week, model, suite, suite_major, condition, attribute
FROM looked_for
UNION ALL
SELECT DISTINCT * FROM joint
UNION ALL
SELECT DISTINCT
    week, model, suite, suite_major, condition,
    NULL AS attribute
FROM planned
ORDER BY ALL
