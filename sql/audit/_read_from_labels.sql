-- Answers: What does each model's labeler see in its pictures? The first steps of the audit queries that name
--   this text under "Uses": from plans, slots, attempts and labels alone.
-- Grain: that of each part; counted: week, model, suite, suite_major, condition, prompt, turn, attribute,
--   value.
-- Columns: of counted: those of cells (every prompt that was asked and its attributes; standing: it counts
--   for its suite); value, position (of the support); x pictures of the value, n of all k values of the cell.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, plans, attempts, outcomes, labels
WITH
-- a picture is there where the attempt that settled its slot, the first final one, was ok
settled AS (
    SELECT
        attempts.week, attempts.model, attempts.slot_key,
        arg_min(attempts.outcome, attempts.attempt) AS outcome
    FROM attempts
    INNER JOIN outcomes USING (outcome)
    WHERE outcomes.final
    GROUP BY ALL
),

-- of several versions of the planned labeler the highest declared number counts, then the last hash
versions AS (
    SELECT DISTINCT ON (labels.week, labels.model)
        labels.week, labels.model, labels.labeler, labels.labeler_version
    FROM labels
    SEMI JOIN plans USING (week, model, labeler)
    ORDER BY
        labels.week ASC, labels.model ASC,
        try_cast(split_part(labels.labeler_version, '-', 1) AS INTEGER) DESC NULLS LAST,
        labels.labeler_version DESC
),

-- of a confrontation only what came after it stands for the suite
asked AS (
    SELECT
        slots.week, slots.model, slots.slot_key, slots.suite, prompts.suite_major, prompts.condition,
        prompts.subject, slots.prompt, prompt_attributes.attribute,
        least(slots.turn, 2) AS turn,
        prompts.condition <> 'confronted' OR slots.turn > 1 AS standing
    FROM slots
    INNER JOIN prompts USING (week, model, suite, suite_version, prompt)
    INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt)
),

-- values by band where the attribute has bands
declared AS (
    SELECT
        week, model, suite, suite_major, attribute,
        coalesce(band, value) AS value,
        bool_or(in_support) AS in_support,
        min(position) AS position,
        bool_or(band IS NOT NULL) AS banded
    FROM attribute_values
    GROUP BY ALL
),

scales AS (
    SELECT
        week, model, suite, suite_major, attribute,
        CASE WHEN bool_or(banded) THEN 'bands' ELSE 'values' END AS scale
    FROM declared
    GROUP BY ALL
),

cells AS (
    SELECT DISTINCT
        asked.week, asked.model, asked.suite, asked.suite_major, asked.condition, asked.subject, asked.prompt,
        asked.attribute, asked.turn, asked.standing, scales.scale, versions.labeler_version
    FROM asked
    INNER JOIN scales USING (week, model, suite, suite_major, attribute)
    LEFT JOIN versions USING (week, model)
),

-- every picture beside its attributes; label: what was read; value: that, if it is declared, or its band
readings AS (
    SELECT
        asked.*,
        versions.labeler_version,
        labels.value AS label,
        coalesce(known.band, known.value) AS value
    FROM asked
    INNER JOIN settled USING (week, model, slot_key)
    LEFT JOIN versions USING (week, model)
    LEFT JOIN labels USING (week, model, slot_key, attribute, labeler, labeler_version)
    LEFT JOIN attribute_values AS known USING (week, model, suite, suite_major, attribute, value)
    WHERE settled.outcome = 'ok'
),

seen AS (
    SELECT
        week, model, suite, suite_major, prompt, turn, attribute, value,
        count(*) AS pictures
    FROM readings
    WHERE value IS NOT NULL
    GROUP BY ALL
),

counted AS (
    SELECT
        cells.*,
        declared.value, declared.position,
        coalesce(seen.pictures, 0) AS x,
        cast(sum(coalesce(seen.pictures, 0)) OVER cell AS BIGINT) AS n,
        count(*) OVER cell AS k
    FROM cells
    INNER JOIN declared USING (week, model, suite, suite_major, attribute)
    LEFT JOIN seen USING (week, model, suite, suite_major, prompt, turn, attribute, value)
    WHERE declared.in_support
    WINDOW cell AS (
        PARTITION BY
            cells.week, cells.model, cells.suite, cells.suite_major, cells.prompt, cells.turn, cells.attribute
    )
)

SELECT * FROM counted
