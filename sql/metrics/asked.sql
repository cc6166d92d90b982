-- Answers: what was asked in some weeks, and which attributes are looked for in its pictures?
-- Grain: cell (model × suite × prompt × turn), asked in the week or not answered yet.
-- Columns: cell, a hash of the cell's keys that stands for them in metrics/ends; the keys; language; labeler,
--   that the plan names; attributes, a list.
-- Depends on: slots, plans, prompts, prompt_attributes
WITH cells AS (
    SELECT
        week,
        model,
        suite,
        suite_version,
        cast(split_part(suite_version, '.', 1) AS INTEGER) AS suite_major,
        prompt,
        least(turn, 2) AS turn
    FROM slots
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
    GROUP BY ALL
),

wanted AS (
    SELECT
        week,
        model,
        suite,
        suite_major,
        prompt,
        list(attribute ORDER BY attribute) AS attributes
    FROM prompt_attributes
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
    GROUP BY week, model, suite, suite_major, prompt
)

SELECT
    hash(cells.week, cells.model, cells.suite, cells.suite_version, cells.prompt, cells.turn) AS cell,
    cells.week,
    cells.model,
    plans.series,
    plans.params_hash,
    plans.track,
    cells.suite,
    cells.suite_major,
    prompts.condition,
    cells.prompt,
    cells.turn,
    prompts.language,
    plans.labeler,
    wanted.attributes
FROM cells
INNER JOIN plans ON cells.week = plans.week AND cells.model = plans.model
LEFT JOIN prompts
    ON
        cells.week = prompts.week
        AND cells.model = prompts.model
        AND cells.suite = prompts.suite
        AND cells.suite_version = prompts.suite_version
        AND cells.prompt = prompts.prompt
LEFT JOIN wanted
    ON
        cells.week = wanted.week
        AND cells.model = wanted.model
        AND cells.suite = wanted.suite
        AND cells.suite_major = wanted.suite_major
        AND cells.prompt = wanted.prompt
ORDER BY
    cells.week,
    cells.model,
    plans.series,
    plans.params_hash,
    plans.track,
    cells.suite,
    cells.suite_major,
    prompts.condition,
    cells.prompt,
    cells.turn,
    cells.suite_version
