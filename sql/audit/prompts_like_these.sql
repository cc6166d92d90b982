-- Answers: What would other prompts like these show? The interval over prompts of every figure that is a
--   mean over ten subjects or more, from attempts and labels alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, turn, attribute, reference, metric, value_name; only
--   what has this interval.
-- Columns: keys of scores; prompts: how many entered, subjects: what they are about; mean of their figures,
--   error: its standard error with what the prompts of a subject add taken together (distance: of distance2);
--   student_t: 97.5 % quantile with subjects - 1 degrees of freedom; frozen_low, frozen_high: the interval of
--   these prompts alone (distance: of distance2); prompts_low, prompts_high: mean ± student_t error, widened
--   to the frozen interval, clipped to what is possible (distance: rooted).
-- Depends on: slots, prompts, prompt_attributes, attribute_values, reference_values, plans, attempts,
--   outcomes, labels, clusters
-- Uses: read_from_labels
WITH RECURSIVE
-- Uses: worth

-- each cell without a reference, for shares, and beside each reference, whose row for the prompt itself wins
-- over its row for every prompt; q: the share that is expected of a value
expected_of AS (
    SELECT
        * EXCLUDE (n),
        cast(NULL AS VARCHAR) AS reference,
        1 / k AS q,
        k AS named
    FROM worth
    WHERE standing
    UNION ALL BY NAME
    SELECT
        cells.*,
        expected.reference, expected.value, expected.expected_share AS q,
        coalesce(seen.pictures, 0) AS x,
        cell_effects.effect
    FROM cells
    INNER JOIN cell_effects USING (week, model, suite, suite_major, prompt, turn, attribute)
    INNER JOIN reference_values AS expected
        ON
            cells.week = expected.week
            AND cells.model = expected.model
            AND cells.suite = expected.suite
            AND cells.suite_major = expected.suite_major
            AND cells.attribute = expected.attribute
            AND (cells.scale = 'bands') = expected.banded
            AND coalesce(expected.prompt, cells.prompt) = cells.prompt
    LEFT JOIN seen
        ON
            cells.week = seen.week
            AND cells.model = seen.model
            AND cells.suite = seen.suite
            AND cells.suite_major = seen.suite_major
            AND cells.prompt = seen.prompt
            AND cells.turn = seen.turn
            AND cells.attribute = seen.attribute
            AND expected.value = seen.value
    WHERE cells.standing
    QUALIFY
        rank() OVER (
            PARTITION BY
                cells.week, cells.model, cells.suite, cells.suite_major, cells.prompt, cells.turn,
                cells.attribute, expected.reference
            ORDER BY expected.prompt IS NULL
        ) = 1
),

beside AS ( -- noqa: ST03
    SELECT
        *,
        dense_rank() OVER (
            ORDER BY
                week, model, suite, suite_major, condition, turn, attribute, scale, labeler_version
        ) AS scope
    FROM expected_of
),

-- Uses: over_prompts

named AS (
    SELECT DISTINCT
        scope, week, model, suite, suite_major, condition, turn, attribute, scale, labeler_version
    FROM beside
)

SELECT
    named.week, named.model, named.suite, named.suite_major, named.condition, named.turn, named.attribute,
    over_prompts.reference, named.scale, named.labeler_version,
    over_prompts.metric, over_prompts.value_name, over_prompts.subjects, over_prompts.prompts,
    over_prompts.mean,
    over_prompts.error, over_prompts.student_t, over_prompts.frozen_low, over_prompts.frozen_high,
    over_prompts.prompts_low, over_prompts.prompts_high
FROM over_prompts
INNER JOIN named USING (scope)
ORDER BY
    named.week DESC, named.model ASC, named.suite ASC, named.suite_major ASC, named.condition ASC,
    named.attribute ASC, over_prompts.reference ASC, over_prompts.metric ASC, named.turn ASC,
    over_prompts.value_name ASC
