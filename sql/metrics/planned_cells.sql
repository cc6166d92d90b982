-- Answers: of how many prompts would figures be means, if the whole suites of the plans were asked?
-- Grain: model × suite × condition × attribute (NULL for rates of outcomes).
-- Columns: those; planned_cells: prompts of the suite in the plan, asked or not.
-- Depends on: prompts, prompt_attributes
SELECT
    prompts.week, prompts.model, prompts.suite, prompts.suite_major, prompts.condition,
    prompt_attributes.attribute,
    count(DISTINCT prompts.prompt) AS planned_cells
FROM prompts
INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt)
GROUP BY ALL
UNION ALL
SELECT
    week, model, suite, suite_major, condition,
    cast(NULL AS VARCHAR) AS attribute,
    count(DISTINCT prompt) AS planned_cells
FROM prompts
GROUP BY ALL
