-- Answers: of how many prompts could figures of one week be means?
-- Grain: suite × condition × attribute; attribute NULL for rates of outcomes.
-- Columns: those, and planned_cells: prompts in the plans of the week, whichever model was asked them.
-- Depends on: prompts, prompt_attributes
WITH planned AS (
    SELECT *
    FROM prompts
    WHERE week = cast($week AS DATE)
)

SELECT
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
GROUP BY planned.suite, planned.suite_major, planned.condition, wanted.attribute
UNION ALL
SELECT
    suite,
    suite_major,
    condition,
    cast(NULL AS VARCHAR) AS attribute,
    count(DISTINCT prompt) AS planned_cells
FROM planned
GROUP BY suite, suite_major, condition
