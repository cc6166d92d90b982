-- Answers: which prompts were planned in the weeks since one, and what is looked for in
--   their pictures?
-- Grain: track, simulated, suite, suite_major, prompt, attribute (all:<id> where all its parts are looked
--   for; NULL where nothing is).
-- Columns: those; condition, subject; late: whether in the last week.
-- Depends on: prompts, plans, prompt_attributes, joint_values
-- Uses: joint_parts
WITH attributes AS (
    SELECT
        week, model, suite, suite_major, prompt, attribute
    FROM prompt_attributes
    WHERE week BETWEEN cast($since AS DATE) AND cast($week AS DATE)
),

planned AS (
    SELECT
        model, track, simulated
    FROM plans
    WHERE week = cast($week AS DATE)
),

joint AS (
    SELECT
        attributes.week, attributes.model, suite, suite_major, attributes.prompt, parts.whole
    FROM attributes
    INNER JOIN parts USING (suite, suite_major, attribute)
    INNER JOIN needed USING (suite, suite_major, whole)
    GROUP BY ALL
    HAVING count(*) = any_value(needed.many)
),

recent AS (
    SELECT *
    FROM prompts
    WHERE week BETWEEN cast($since AS DATE) AND cast($week AS DATE)
),

looked_for AS (
    FROM attributes
    UNION ALL
    FROM joint
)

SELECT
    planned.track, planned.simulated, prompts.suite, prompts.suite_major, prompts.prompt, prompts.condition,
    prompts.subject, looked_for.attribute,
    bool_or(prompts.week = cast($week AS DATE)) AS late
FROM recent AS prompts
INNER JOIN planned USING (model)
LEFT JOIN looked_for USING (week, model, suite, suite_major, prompt)
GROUP BY ALL
ORDER BY ALL
