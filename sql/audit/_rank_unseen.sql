-- Answers: How many answers of each prompt show no value, refusals among them, in the window that ends with a
--   week? Steps of the audit queries of ranks, after those of read_from_labels. Which weeks a window is of,
--   and what a model scatters, is read from window_scores, of which window_figures finds both again.
-- Grain: of labelled: week, model, suite, suite_major, prompt, attribute, scale, labeler_version; of
--   assessed: those and value; of refusals: week, model, suite, suite_major, prompt, attribute.
-- Columns: of labelled: not_assessed; of refusals: refused; of assessed: pictures.
-- Depends on: slots, prompts, plans, attempts, outcomes, window_scores, design_effects, withheld
WITH
starts AS (
    SELECT
        week, model, suite, suite_major, condition, attribute,
        min(first_week) AS first_week
    FROM window_scores
    WHERE prompt IS NULL
    GROUP BY week, model, suite, suite_major, condition, attribute
),

span_hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

looked_at AS (
    SELECT DISTINCT
        cells.week, cells.model, cells.suite, cells.suite_major, cells.condition, cells.attribute,
        cells.labeler_version, plans.series, plans.params_hash
    FROM cells
    INNER JOIN plans USING (week, model)
    WHERE cells.standing
),

-- the weeks seen of the window that ends with a week; of a model that is withheld that week alone
spans AS (
    SELECT
        last.week, last.model, last.suite, last.suite_major, last.condition, last.attribute,
        past.week AS seen
    FROM looked_at AS last
    LEFT JOIN starts USING (week, model, suite, suite_major, condition, attribute)
    INNER JOIN looked_at AS past
        ON
            last.model = past.model
            AND last.series = past.series
            AND last.params_hash = past.params_hash
            AND last.suite = past.suite
            AND last.suite_major = past.suite_major
            AND last.condition = past.condition
            AND last.attribute = past.attribute
            AND last.labeler_version IS NOT DISTINCT FROM past.labeler_version
            AND last.week >= past.week
            AND coalesce(starts.first_week, last.week) <= past.week
    LEFT JOIN span_hidden
        ON
            past.week = span_hidden.week
            AND past.model = span_hidden.model
    WHERE span_hidden.model IS NULL OR past.week = last.week
),

scattered AS ( -- noqa: ST03
    SELECT
        week, model, suite, suite_major, condition, attribute, scale, reference, metric,
        scatter_freedom AS freedom,
        pow(scatter, 2) / nullif(weeks, 0) AS added
    FROM window_scores
    WHERE prompt IS NULL AND value_name IS NULL
),

worths AS ( -- noqa: ST03
    SELECT
        week, model, suite, suite_major, prompt, attribute, design_effect
    FROM design_effects
    WHERE prompt IS NOT NULL
),

-- Uses: slot_answers

refusals AS ( -- noqa: ST03
    SELECT
        spans.week, spans.model, spans.suite, spans.suite_major, spans.attribute, slot_answers.prompt,
        count(*) FILTER (WHERE slot_answers.outcome_group = 'refused') AS refused
    FROM slot_answers
    INNER JOIN spans
        ON
            slot_answers.week = spans.seen
            AND slot_answers.model = spans.model
            AND slot_answers.suite = spans.suite
            AND slot_answers.suite_major = spans.suite_major
            AND slot_answers.condition = spans.condition
    WHERE slot_answers.condition <> 'confronted' OR slot_answers.turn > 1
    GROUP BY ALL
),

assessed AS (
    SELECT
        spans.week, spans.model, spans.suite, spans.suite_major, counted.prompt, spans.attribute,
        counted.scale, counted.labeler_version, counted.value,
        sum(counted.x) AS pictures
    FROM counted
    INNER JOIN spans
        ON
            counted.week = spans.seen
            AND counted.model = spans.model
            AND counted.suite = spans.suite
            AND counted.suite_major = spans.suite_major
            AND counted.condition = spans.condition
            AND counted.attribute = spans.attribute
    WHERE counted.standing
    GROUP BY ALL
),

drawn AS (
    SELECT
        spans.week, spans.model, spans.suite, spans.suite_major, readings.prompt, spans.attribute,
        count(*) AS pictures
    FROM readings
    INNER JOIN spans
        ON
            readings.week = spans.seen
            AND readings.model = spans.model
            AND readings.suite = spans.suite
            AND readings.suite_major = spans.suite_major
            AND readings.condition = spans.condition
            AND readings.attribute = spans.attribute
    WHERE readings.standing
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
)

SELECT * FROM labelled
