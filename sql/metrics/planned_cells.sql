-- Answers: of how many prompts would figures be means, if the whole suites of some plans were asked?
-- Grain: plan × suite × condition × attribute (NULL for rates of outcomes); of plans that are alike one,
--   $partitions (metrics/plans).
-- Columns: plan, its number; those; planned_cells: prompts of the suite in the plan, asked or not.
-- Depends on: prompts, prompt_attributes
WITH planned AS (
    SELECT
        *,
        list_position(cast($partitions AS UBIGINT[]), hash(week, model)) AS plan
    FROM prompts
    WHERE
        week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
        AND list_contains(cast($partitions AS UBIGINT[]), hash(week, model))
)

SELECT
    planned.plan, planned.suite, planned.suite_major, planned.condition, wanted.attribute,
    count(DISTINCT planned.prompt) AS planned_cells
FROM planned
INNER JOIN prompt_attributes AS wanted USING (week, model, suite, suite_major, prompt)
GROUP BY planned.plan, planned.suite, planned.suite_major, planned.condition, wanted.attribute
UNION ALL
SELECT
    plan, suite, suite_major, condition,
    cast(NULL AS VARCHAR) AS attribute,
    count(DISTINCT prompt) AS planned_cells
FROM planned
GROUP BY plan, suite, suite_major, condition
