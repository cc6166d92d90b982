-- Answers: Which models of a board of distances are told apart by the prompts that both answered, and which
--   ranks follow? Recomputed from attempts and labels alone, to be held against `ranks` and `model_pairs`.
-- Grain: week, track, simulated, suite, suite_major, condition, attribute, reference, scale, model, other:
--   every pair of ranked models in both orders; other is NULL for a model without a rank.
-- Columns:
--   rank_low, rank_high, ranked_of: of model; NULL if it is not ranked
--   cells, planned_cells: prompts with four pictures and 80 % of the answers assessed, and all prompts
--   bound_low, bound_high: least and largest distance of model, whatever its unseen answers would have shown
--   common: prompts with two pictures or more of both
--   difference: distance2 of model minus that of other on these; low, high: 95 %
--   adjusted_low, adjusted_high: 95 % for all pairs of the board together
-- Depends on: slots, prompts, prompt_attributes, attribute_values, reference_values, yardsticks, plans,
--   attempts, outcomes, labels, withheld
-- Uses: read_from_labels
WITH RECURSIVE
-- every prompt that stands for its suite, asked or not, beside each reference of the attribute
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

-- how a slot ended: by its first final attempt, else by its last
ended AS (
    SELECT
        attempts.week, attempts.model, attempts.slot_key,
        coalesce(
            arg_min(attempts.outcome, attempts.attempt) FILTER (WHERE outcomes.final),
            arg_max(attempts.outcome, attempts.attempt)
        ) AS outcome
    FROM attempts
    LEFT JOIN outcomes USING (outcome)
    GROUP BY attempts.week, attempts.model, attempts.slot_key
),

-- of the turns after a confrontation the first picture is the answer, else the last turn
answers AS (
    SELECT
        slots.week, slots.model, slots.suite, prompts.suite_major, slots.prompt,
        coalesce(slots.conversation, slots.slot_key) AS answer,
        coalesce(
            max(outcomes.outcome_group) FILTER (WHERE outcomes.outcome_group = 'success'),
            arg_max(coalesce(outcomes.outcome_group, 'none'), slots.turn)
        ) AS outcome_group
    FROM slots
    INNER JOIN prompts USING (week, model, suite, suite_version, prompt)
    LEFT JOIN ended USING (week, model, slot_key)
    LEFT JOIN outcomes USING (outcome)
    WHERE
        (prompts.condition <> 'confronted' OR slots.turn > 1)
        AND coalesce(ended.outcome, '') <> 'not_needed'
    GROUP BY ALL
),

refusals AS (
    SELECT
        week, model, suite, suite_major, prompt,
        count(*) FILTER (WHERE outcome_group = 'answer') AS refused
    FROM answers
    GROUP BY week, model, suite, suite_major, prompt
),

assessed AS (
    SELECT
        week, model, suite, suite_major, prompt, attribute, scale, labeler_version, value,
        sum(x) AS pictures
    FROM counted
    WHERE standing
    GROUP BY ALL
),

drawn AS (
    SELECT
        week, model, suite, suite_major, prompt, attribute,
        count(*) AS pictures
    FROM readings
    WHERE standing
    GROUP BY ALL
),

labelled AS (
    SELECT
        assessed.week, assessed.model, assessed.suite, assessed.suite_major, assessed.prompt,
        assessed.attribute, assessed.scale, assessed.labeler_version,
        coalesce(any_value(drawn.pictures), 0) - sum(assessed.pictures) AS not_assessed
    FROM assessed
    LEFT JOIN drawn USING (week, model, suite, suite_major, prompt, attribute)
    GROUP BY ALL
),

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
        cast(coalesce(labelled.not_assessed, 0) + coalesce(refusals.refused, 0) AS DOUBLE) AS u
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
),

-- Uses: rank_cells

hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

models AS (
    SELECT
        placed.board, placed.model, placed.labeler_version, seated.told, seated.cells, seated.planned_cells,
        CASE WHEN hidden.week IS NULL THEN seated.bound_low END AS bound_low,
        CASE WHEN hidden.week IS NULL THEN seated.bound_high END AS bound_high,
        hidden.week IS NOT NULL AS hidden
    FROM placed
    INNER JOIN seated USING (board, model)
    LEFT JOIN hidden USING (week, model)
),

-- a board is ranked on the labeler version that read most of its models; of as many, on the newest
board_versions AS (
    SELECT
        board, labeler_version
    FROM models
    WHERE NOT hidden AND told
    GROUP BY board, labeler_version
    QUALIFY
        row_number() OVER (
            PARTITION BY board
            ORDER BY
                count(*) DESC,
                coalesce(try_cast(split_part(labeler_version, '-', 1) AS INTEGER), -1) DESC,
                labeler_version DESC
        ) = 1
),

judged AS (
    SELECT
        models.*,
        coalesce(
            NOT models.hidden
            AND models.told
            AND models.labeler_version = board_versions.labeler_version
            AND 10 * models.cells >= 9 * models.planned_cells
            AND models.planned_cells > 0,
            FALSE
        ) AS fit
    FROM models
    LEFT JOIN board_versions USING (board)
),

boards AS ( -- noqa: ST03
    SELECT
        *,
        count(*) FILTER (WHERE fit) OVER (PARTITION BY board) AS g
    FROM judged
),

-- Uses: rank_pairs

named AS (
    SELECT DISTINCT
        board, week, track, simulated, suite, suite_major, condition, attribute, reference, banded
    FROM planned
)

SELECT
    named.week, named.track, named.simulated, named.suite, named.suite_major, named.condition,
    named.attribute, named.reference,
    CASE WHEN named.banded THEN 'bands' ELSE 'values' END AS scale,
    told_apart.model, told_apart.other, told_apart.rank_low, told_apart.rank_high, told_apart.ranked_of,
    told_apart.cells, told_apart.planned_cells, told_apart.bound_low, told_apart.bound_high,
    told_apart.common, told_apart.difference, told_apart.low, told_apart.high, told_apart.adjusted_low,
    told_apart.adjusted_high
FROM told_apart
INNER JOIN named USING (board)
ORDER BY
    named.week DESC, told_apart.board ASC, told_apart.rank_low ASC NULLS LAST, told_apart.rank_high ASC,
    told_apart.model ASC, told_apart.other ASC
