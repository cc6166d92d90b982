-- Answers: of how many pictures and answers are the suites of the windows that end with a week made, by which
--   models are compared?
-- Grain: model × suite × condition × attribute × prompt × value of the support: every prompt that was planned
--   for the model (of a confrontation what came after it), answered or not; zeros included.
-- Columns: keys of the board and the cell, position in the declared order, in_support: true, pictures;
--   unseen of the cell: answers of the model that show no value of the support, refusals among them; effect:
--   its design effect, 1 where its pictures are independent.
-- Depends on: plan_scores, plans, slots, prompts, prompt_attributes, attribute_values, window_scores,
--   design_effects, withheld
WITH windows AS (
    SELECT
        model, suite, suite_major, condition, attribute,
        min(first_week) AS first_week
    FROM window_scores
    WHERE week = cast($week AS DATE) AND prompt IS NULL
    GROUP BY model, suite, suite_major, condition, attribute
),

hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

figures AS (
    SELECT *
    FROM plan_scores
    WHERE
        week BETWEEN cast($week AS DATE) - 21 AND cast($week AS DATE)
        AND metric IN ('distance', 'stereotype_share', 'share', 'assessed_rate', 'refused_rate')
        AND (condition <> 'confronted' OR turn > 1)
),

-- a model that is withheld has no window: its week alone is counted
boards AS (
    SELECT DISTINCT
        figures.model, figures.series, figures.params_hash, figures.track, plans.simulated, figures.suite,
        figures.suite_major, figures.condition, figures.attribute, figures.scale, figures.labeler_version,
        coalesce(windows.first_week, figures.week) AS first_week
    FROM figures
    INNER JOIN plans USING (week, model)
    LEFT JOIN windows USING (model, suite, suite_major, condition, attribute)
    WHERE
        figures.week = cast($week AS DATE)
        AND figures.metric IN ('distance', 'stereotype_share')
        AND figures.prompt IS NULL
),

spans AS (
    SELECT
        boards.model, boards.suite, boards.suite_major, boards.condition, boards.attribute, figures.week
    FROM boards
    INNER JOIN figures
        ON
            boards.model = figures.model
            AND boards.series = figures.series
            AND boards.params_hash = figures.params_hash
            AND boards.suite = figures.suite
            AND boards.suite_major = figures.suite_major
            AND boards.condition = figures.condition
            AND boards.attribute = figures.attribute
            AND boards.first_week <= figures.week
            AND boards.labeler_version IS NOT DISTINCT FROM figures.labeler_version
    LEFT JOIN hidden
        ON
            figures.week = hidden.week
            AND figures.model = hidden.model
    WHERE
        figures.metric = 'assessed_rate'
        AND figures.prompt IS NULL
        AND (hidden.model IS NULL OR figures.week = cast($week AS DATE))
),

shares AS (
    SELECT
        model, suite, suite_major, condition, attribute, figures.prompt,
        figures.value_name AS value,
        sum(round(figures.estimate * figures.n)) AS pictures
    FROM figures
    INNER JOIN spans USING (week, model, suite, suite_major, condition, attribute)
    WHERE figures.metric = 'share' AND figures.prompt IS NOT NULL AND figures.n > 0
    GROUP BY ALL
),

unread AS (
    SELECT
        model, suite, suite_major, condition, attribute, figures.prompt,
        sum(figures.n - round(figures.estimate * figures.n)) AS answers
    FROM figures
    INNER JOIN spans USING (week, model, suite, suite_major, condition, attribute)
    WHERE figures.metric = 'assessed_rate' AND figures.prompt IS NOT NULL AND figures.n > 0
    GROUP BY ALL
),

refused AS (
    SELECT
        spans.model, spans.suite, spans.suite_major, spans.condition, spans.attribute, figures.prompt,
        sum(round(figures.estimate * figures.n)) AS answers
    FROM figures
    INNER JOIN spans
        ON
            figures.week = spans.week
            AND figures.model = spans.model
            AND figures.suite = spans.suite
            AND figures.suite_major = spans.suite_major
            AND figures.condition = spans.condition
    WHERE figures.metric = 'refused_rate' AND figures.prompt IS NOT NULL AND figures.n > 0
    GROUP BY ALL
),

cells AS (
    SELECT DISTINCT
        boards.*,
        prompts.prompt
    FROM boards
    INNER JOIN prompts USING (model, suite, suite_major, condition)
    INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt, attribute)
    SEMI JOIN slots USING (week, model, suite, prompt)
    WHERE
        prompts.week = cast($week AS DATE)
        AND (prompts.condition <> 'confronted' OR prompts.turns > 1)
),

drawn AS (
    SELECT
        model, suite, suite_major, condition, attribute, prompt, design_effect
    FROM design_effects
    WHERE week = cast($week AS DATE)
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
    coalesce(unread.answers, 0) + coalesce(refused.answers, 0) AS unseen,
    coalesce(drawn.design_effect, 1) AS effect,
    declared.position, declared.value,
    TRUE AS in_support,
    cast(coalesce(shares.pictures, 0) AS BIGINT) AS pictures
FROM cells
INNER JOIN declared USING (model, suite, suite_major, attribute)
LEFT JOIN shares USING (model, suite, suite_major, condition, attribute, prompt, value)
LEFT JOIN unread USING (model, suite, suite_major, condition, attribute, prompt)
LEFT JOIN refused USING (model, suite, suite_major, condition, attribute, prompt)
LEFT JOIN drawn USING (model, suite, suite_major, condition, attribute, prompt)
-- A prompt's name holds its suite, and a cell's rows only have to stand together.
ORDER BY cells.model, cells.prompt, cells.suite_major, cells.attribute, declared.position, declared.value
