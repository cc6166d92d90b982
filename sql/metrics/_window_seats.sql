-- Answers: Of which prompts, attributes and values are the windows that end with a week made? First steps of
--   window_cells and window_counts.
-- Grain: model, suite, suite_major, condition, prompt, attribute, value: of the prompts of the whole suite
--   that stand for it (of a confrontation what came after it), asked or not.
-- Columns: those; subject of the prompt; series, params_hash, track, simulated, turn, scale, labeler_version
--   as in the week itself; position in the declared order; seat: number, in the order of the rows.
-- Depends on: plan_scores, plans, prompts, prompt_attributes, attribute_values, withheld
WITH attributes AS (
    SELECT
        scores.model, scores.series, scores.params_hash, scores.track, plans.simulated, scores.suite,
        scores.suite_major, scores.condition, scores.turn, scores.attribute, scores.scale,
        scores.labeler_version
    FROM plan_scores AS scores
    INNER JOIN plans USING (week, model)
    ANTI JOIN withheld USING (week, model)
    WHERE
        scores.week = cast($week AS DATE)
        AND scores.metric = 'assessed_rate'
        AND scores.prompt IS NULL
        AND (scores.condition <> 'confronted' OR scores.turn > 1)
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
),

seats AS (
    SELECT
        attributes.*,
        prompts.prompt, prompts.subject, declared.position, declared.value,
        row_number() OVER (
            ORDER BY
                attributes.model, attributes.suite, attributes.suite_major, attributes.condition,
                attributes.turn, attributes.attribute, prompts.prompt, declared.position, declared.value
        ) - 1 AS seat
    FROM attributes
    INNER JOIN prompts USING (model, suite, suite_major, condition)
    INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt, attribute)
    INNER JOIN declared USING (model, suite, suite_major, attribute)
    WHERE
        prompts.week = cast($week AS DATE)
        AND (prompts.condition <> 'confronted' OR prompts.turns > 1)
)

SELECT *
FROM seats
