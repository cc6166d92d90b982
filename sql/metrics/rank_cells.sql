-- Answers: of how many pictures and answers are the suites of one week made that models are compared on?
-- Grain: model × suite × condition × attribute × prompt × value of the support: every prompt of the whole
--   suite that stands for it (of a confrontation what came after it), asked or not; zeros included.
-- Columns: keys of the board and the cell, position in the declared order, in_support: true, pictures;
--   unseen of the cell: answers of the model that show no value of the support, refusals among them.
-- Depends on: scores, plans, prompts, prompt_attributes, attribute_values
WITH figures AS (
    SELECT *
    FROM scores
    WHERE
        week = cast($week AS DATE)
        AND metric IN ('distance', 'stereotype_share', 'share', 'assessed_rate', 'refused_rate')
        AND (condition <> 'confronted' OR turn > 1)
),

boards AS (
    SELECT DISTINCT
        figures.model, figures.track, plans.simulated, figures.suite, figures.suite_major,
        figures.condition, figures.attribute, figures.scale, figures.labeler_version
    FROM figures
    INNER JOIN plans USING (week, model)
    WHERE figures.metric IN ('distance', 'stereotype_share') AND figures.prompt IS NULL
),

cells AS (
    SELECT DISTINCT
        boards.*,
        prompts.prompt
    FROM boards
    INNER JOIN prompts USING (model, suite, suite_major, condition)
    INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt, attribute)
    WHERE
        prompts.week = cast($week AS DATE)
        AND (prompts.condition <> 'confronted' OR prompts.turns > 1)
),

declared AS (
    SELECT
        model, suite, suite_major, attribute,
        coalesce(band, value) AS value,
        min(position) AS position
    FROM attribute_values
    WHERE week = cast($week AS DATE)
    GROUP BY model, suite, suite_major, attribute, coalesce(band, value)
    HAVING bool_or(in_support)
)

SELECT
    cells.track, cells.simulated, cells.suite, cells.suite_major, cells.condition, cells.attribute,
    cells.scale, cells.model, cells.labeler_version, cells.prompt,
    coalesce(assessed.n - round(assessed.estimate * assessed.n), 0)
    + coalesce(round(refused.estimate * refused.n), 0) AS unseen,
    declared.position, declared.value,
    TRUE AS in_support,
    cast(coalesce(round(shares.estimate * shares.n), 0) AS BIGINT) AS pictures
FROM cells
INNER JOIN declared USING (model, suite, suite_major, attribute)
LEFT JOIN figures AS shares
    ON
        shares.metric = 'share'
        AND cells.model = shares.model
        AND cells.suite = shares.suite
        AND cells.suite_major = shares.suite_major
        AND cells.attribute = shares.attribute
        AND cells.prompt = shares.prompt
        AND declared.value = shares.value_name
LEFT JOIN figures AS assessed
    ON
        assessed.metric = 'assessed_rate'
        AND cells.model = assessed.model
        AND cells.suite = assessed.suite
        AND cells.suite_major = assessed.suite_major
        AND cells.attribute = assessed.attribute
        AND cells.prompt = assessed.prompt
LEFT JOIN figures AS refused
    ON
        refused.metric = 'refused_rate'
        AND cells.model = refused.model
        AND cells.suite = refused.suite
        AND cells.suite_major = refused.suite_major
        AND cells.prompt = refused.prompt
-- A prompt's name holds its suite, and a cell's rows only have to stand together.
ORDER BY cells.model, cells.prompt, cells.suite_major, cells.attribute, declared.position, declared.value
