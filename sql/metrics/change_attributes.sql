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

single AS (
    SELECT DISTINCT
        planned.week, planned.model, suite, suite_major, planned.condition, prompt_attributes.attribute
    FROM planned
    INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt)
),

joint AS (
    SELECT
        planned.week, planned.model, suite, suite_major, planned.condition, parts.whole
    FROM planned
    INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt)
    INNER JOIN parts USING (suite, suite_major, attribute)
    INNER JOIN needed USING (suite, suite_major, whole)
    GROUP BY
        planned.week, planned.model, suite, suite_major, planned.condition, parts.whole, prompt
    HAVING count(*) = any_value(needed.many)
)

FROM single
UNION ALL
SELECT DISTINCT * FROM joint
UNION ALL
SELECT DISTINCT
    week, model, suite, suite_major, condition,
    NULL AS attribute
FROM planned
ORDER BY ALL
