-- Answers: Which models have a place on each board of distances, and what do their prompts say? Steps of
--   the audit query ranks, after those of read_from_labels.
-- Grain: of named: what names a board, beside its number board; of board_cells: board, model, prompt; of
--   distance_models: board, model.
-- Columns: of distance_models: those of models of rank_judged.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, reference_values, yardsticks, plans,
--   attempts, outcomes, withheld, window_scores
WITH
-- every prompt that was planned for a model, beside each reference of the attribute
standing AS (
    SELECT
        prompts.week, plans.track, plans.simulated, prompts.suite, prompts.suite_major, prompts.condition,
        wanted.attribute, prompts.model, prompts.prompt, reference_values.reference,
        reference_values.banded,
        coalesce(bool_or(reference_values.prompt = prompts.prompt), FALSE) AS has_own
    FROM prompts
    INNER JOIN plans USING (week, model)
    INNER JOIN prompt_attributes AS wanted USING (week, model, suite, suite_major, prompt)
    INNER JOIN reference_values USING (week, model, suite, suite_major, attribute)
    SEMI JOIN yardsticks USING (suite, suite_major, attribute, reference)
    SEMI JOIN slots USING (week, model, suite, prompt)
    WHERE prompts.condition <> 'confronted' OR prompts.turns > 1
    GROUP BY ALL
),

planned AS (
    SELECT
        *,
        dense_rank() OVER (
            ORDER BY week, track, simulated, suite, suite_major, condition, attribute, reference, banded
        ) AS board
    FROM standing
),

-- Uses: rank_unseen

-- a model has a place on a board if any prompt of it was asked
placed AS (
    SELECT DISTINCT
        planned.board, planned.week, planned.model, labelled.labeler_version
    FROM planned
    INNER JOIN labelled
        ON
            planned.week = labelled.week
            AND planned.model = labelled.model
            AND planned.suite = labelled.suite
            AND planned.suite_major = labelled.suite_major
            AND planned.prompt = labelled.prompt
            AND planned.attribute = labelled.attribute
            AND planned.banded = (labelled.scale = 'bands')
),

-- x pictures of a value and the share q that the reference expects; u answers that show no value
valued AS ( -- noqa: ST03
    SELECT
        planned.board, planned.model, planned.prompt, expected.value, expected.expected_share AS q,
        cast(coalesce(assessed.pictures, 0) AS DOUBLE) AS x,
        cast(coalesce(labelled.not_assessed, 0) + coalesce(refusals.refused, 0) AS DOUBLE) AS u,
        coalesce(worths.design_effect, 1) AS effect,
        5 AS compared_from,
        5 AS covered_from
    FROM planned
    SEMI JOIN placed USING (board, model)
    INNER JOIN reference_values AS expected
        ON
            planned.week = expected.week
            AND planned.model = expected.model
            AND planned.suite = expected.suite
            AND planned.suite_major = expected.suite_major
            AND planned.attribute = expected.attribute
            AND planned.reference = expected.reference
            AND planned.banded = expected.banded
            AND expected.prompt IS NOT DISTINCT FROM CASE WHEN planned.has_own THEN planned.prompt END
    LEFT JOIN assessed
        ON
            planned.week = assessed.week
            AND planned.model = assessed.model
            AND planned.suite = assessed.suite
            AND planned.suite_major = assessed.suite_major
            AND planned.prompt = assessed.prompt
            AND planned.attribute = assessed.attribute
            AND expected.value = assessed.value
    LEFT JOIN labelled
        ON
            planned.week = labelled.week
            AND planned.model = labelled.model
            AND planned.suite = labelled.suite
            AND planned.suite_major = labelled.suite_major
            AND planned.prompt = labelled.prompt
            AND planned.attribute = labelled.attribute
    LEFT JOIN refusals
        ON
            planned.week = refusals.week
            AND planned.model = refusals.model
            AND planned.suite = refusals.suite
            AND planned.suite_major = refusals.suite_major
            AND planned.prompt = refusals.prompt
            AND planned.attribute = refusals.attribute
    LEFT JOIN worths
        ON
            planned.week = worths.week
            AND planned.model = worths.model
            AND planned.suite = worths.suite
            AND planned.suite_major = worths.suite_major
            AND planned.prompt = worths.prompt
            AND planned.attribute = worths.attribute
),

-- Uses: rank_cells

named AS ( -- noqa: ST03
    SELECT DISTINCT
        board, week, track, simulated, suite, suite_major, condition, attribute, reference, banded
    FROM planned
),

hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

distance_models AS (
    SELECT
        placed.board, placed.model, placed.labeler_version, seated.told, seated.cells, seated.planned_cells,
        CASE WHEN hidden.week IS NULL THEN seated.bound_low END AS bound_low,
        CASE WHEN hidden.week IS NULL THEN seated.bound_high END AS bound_high,
        hidden.week IS NOT NULL AS hidden,
        10 * seated.cells >= 9 * seated.planned_cells AND seated.planned_cells > 0 AS enough,
        coalesce(scattered.added, 0) AS added,
        scattered.freedom
    FROM placed
    INNER JOIN seated USING (board, model)
    INNER JOIN named USING (board, week)
    LEFT JOIN hidden USING (week, model)
    LEFT JOIN scattered
        ON
            placed.week = scattered.week
            AND placed.model = scattered.model
            AND named.suite = scattered.suite
            AND named.suite_major = scattered.suite_major
            AND named.condition = scattered.condition
            AND named.attribute = scattered.attribute
            AND named.reference = scattered.reference
            AND named.banded = (scattered.scale = 'bands')
            AND scattered.metric = 'distance'
)

SELECT * FROM distance_models
