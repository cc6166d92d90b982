-- Answers: of how many prompts would figures of some weeks be means, if the whole suite were asked?
-- Grain: model × suite × condition × attribute; attribute NULL for rates of outcomes.
-- Columns: those, and planned_cells: prompts of the suite in the model's plan, asked or not.
-- Depends on: prompts, prompt_attributes
WITH planned AS (
    SELECT *
    FROM prompts
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
)

SELECT
    planned.week,
    planned.model,
    planned.suite,
    planned.suite_major,
    planned.condition,
    wanted.attribute,
    count(DISTINCT planned.prompt) AS planned_cells
FROM planned
INNER JOIN prompt_attributes AS wanted
    ON
        planned.week = wanted.week
        AND planned.model = wanted.model
        AND planned.suite = wanted.suite
        AND planned.suite_major = wanted.suite_major
        AND planned.prompt = wanted.prompt
GROUP BY planned.week, planned.model, planned.suite, planned.suite_major, planned.condition, wanted.attribute
UNION ALL
SELECT
    week,
    model,
    suite,
    suite_major,
    condition,
    cast(NULL AS VARCHAR) AS attribute,
    count(DISTINCT prompt) AS planned_cells
FROM planned
GROUP BY week, model, suite, suite_major, condition
