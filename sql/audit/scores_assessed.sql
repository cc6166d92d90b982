-- Answers: of how many pictures could each attribute be read, and what became of the others, prompt by prompt
--   and over a suite? Recomputed from attempts and labels alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn, attribute,
--   metric, value_name.
-- Columns: those of scores: metric is assessed_rate, cannot_tell_rate, invalid_rate, not_assessed_rate,
--   outside_rate (value_name: the declared value), and, of person_count, no_person_rate and
--   multi_person_rate; low and high: Wilson, 95 %; n what the rate is a share of.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, plans, attempts, outcomes, labels
WITH
-- a picture is there where the attempt that settled its slot, the first final one, was ok
settled AS (
    SELECT
        attempts.week, attempts.model, attempts.slot_key, attempts.outcome
    FROM attempts
    INNER JOIN outcomes ON attempts.outcome = outcomes.outcome AND outcomes.final
    QUALIFY
        row_number() OVER (
            PARTITION BY attempts.week, attempts.model, attempts.slot_key ORDER BY attempts.attempt
        ) = 1
),

-- of several versions of the planned labeler the highest declared number counts, then the last hash
versions AS (
    SELECT
        labels.week, labels.model, labels.labeler, labels.labeler_version
    FROM labels
    INNER JOIN plans USING (week, model, labeler)
    GROUP BY labels.week, labels.model, labels.labeler, labels.labeler_version
    QUALIFY row_number() OVER (
        PARTITION BY labels.week, labels.model
        ORDER BY
            try_cast(split_part(labels.labeler_version, '-', 1) AS INTEGER) DESC NULLS LAST,
            labels.labeler_version DESC
    ) = 1
),

asked AS (
    SELECT
        slots.week, slots.model, slots.slot_key, slots.suite, wanted.suite_major, prompts.condition,
        slots.prompt,
        least(slots.turn, 2) AS turn,
        wanted.attribute
    FROM slots
    INNER JOIN prompts USING (week, model, suite, suite_version, prompt)
    INNER JOIN prompt_attributes AS wanted USING (week, model, suite, suite_major, prompt)
),

-- values by band where the attribute has bands
declared AS (
    SELECT
        week, model, suite, suite_major, attribute,
        coalesce(band, value) AS value,
        bool_or(in_support) AS in_support,
        bool_or(band IS NOT NULL) AS banded
    FROM attribute_values
    GROUP BY week, model, suite, suite_major, attribute, coalesce(band, value)
),

scales AS (
    SELECT
        week, model, suite, suite_major, attribute,
        CASE WHEN bool_or(banded) THEN 'bands' ELSE 'values' END AS scale
    FROM declared
    GROUP BY week, model, suite, suite_major, attribute
),

cells AS (
    SELECT DISTINCT
        asked.week, asked.model, asked.suite, asked.suite_major, asked.condition, asked.prompt, asked.turn,
        asked.attribute, scales.scale, versions.labeler_version
    FROM asked
    INNER JOIN scales USING (week, model, suite, suite_major, attribute)
    LEFT JOIN versions USING (week, model)
),

-- what was read off each picture: a declared value or band, invalid, or nothing (no label)
readings AS (
    SELECT
        asked.week, asked.model, asked.suite, asked.suite_major, asked.prompt, asked.turn, asked.attribute,
        CASE
            WHEN labels.value IS NOT NULL THEN coalesce(known.band, known.value, 'invalid')
        END AS value
    FROM asked
    INNER JOIN settled
        ON
            asked.week = settled.week
            AND asked.model = settled.model
            AND asked.slot_key = settled.slot_key
            AND settled.outcome = 'ok'
    LEFT JOIN versions ON asked.week = versions.week AND asked.model = versions.model
    LEFT JOIN labels
        ON
            asked.week = labels.week
            AND asked.model = labels.model
            AND asked.slot_key = labels.slot_key
            AND asked.attribute = labels.attribute
            AND versions.labeler = labels.labeler
            AND versions.labeler_version = labels.labeler_version
    LEFT JOIN attribute_values AS known
        ON
            asked.week = known.week
            AND asked.model = known.model
            AND asked.suite = known.suite
            AND asked.suite_major = known.suite_major
            AND asked.attribute = known.attribute
            AND labels.value = known.value
),

-- every prompt by itself, and the prompts that stand for their suite together
levels AS (
    SELECT
        * EXCLUDE (prompt),
        prompt AS cell,
        unnest(
            CASE WHEN condition = 'confronted' AND turn = 1 THEN [prompt] ELSE [prompt, NULL] END
        ) AS prompt
    FROM cells
),

sums AS (
    SELECT
        levels.week, levels.model, levels.suite, levels.suite_major, levels.condition, levels.prompt,
        levels.turn, levels.attribute, levels.scale, levels.labeler_version,
        count(DISTINCT levels.cell) AS cells,
        count(readings.attribute) AS pictures,
        count(*) FILTER (WHERE declared.in_support) AS assessed,
        count(*) FILTER (WHERE readings.value = 'cannot_tell') AS cannot_tell,
        count(*) FILTER (WHERE readings.value = 'invalid') AS invalid,
        count(*) FILTER (WHERE readings.attribute IS NOT NULL AND readings.value IS NULL) AS unread,
        count(*) FILTER (WHERE declared.in_support AND readings.value = '0') AS nobody,
        count(*) FILTER (WHERE declared.in_support AND readings.value NOT IN ('0', '1')) AS several,
        histogram(readings.value) FILTER (WHERE NOT declared.in_support) AS outside
    FROM levels
    LEFT JOIN readings
        ON
            levels.week = readings.week
            AND levels.model = readings.model
            AND levels.suite = readings.suite
            AND levels.suite_major = readings.suite_major
            AND levels.cell = readings.prompt
            AND levels.turn = readings.turn
            AND levels.attribute = readings.attribute
    LEFT JOIN declared
        ON
            readings.week = declared.week
            AND readings.model = declared.model
            AND readings.suite = declared.suite
            AND readings.suite_major = declared.suite_major
            AND readings.attribute = declared.attribute
            AND readings.value = declared.value
    GROUP BY ALL
),

rates AS (
    SELECT
        sums.*,
        named.metric,
        NULL AS value_name,
        CASE named.metric
            WHEN 'assessed_rate' THEN sums.assessed
            WHEN 'cannot_tell_rate' THEN sums.cannot_tell
            WHEN 'invalid_rate' THEN sums.invalid
            WHEN 'not_assessed_rate' THEN sums.unread
            WHEN 'no_person_rate' THEN sums.nobody
            WHEN 'multi_person_rate' THEN sums.several
        END AS part,
        CASE
            WHEN named.metric IN ('no_person_rate', 'multi_person_rate') THEN sums.assessed
            ELSE sums.pictures
        END AS whole
    FROM sums
    CROSS JOIN (
        VALUES
        ('assessed_rate'),
        ('cannot_tell_rate'),
        ('invalid_rate'),
        ('not_assessed_rate'),
        ('no_person_rate'),
        ('multi_person_rate')
    ) AS named (metric)
    WHERE sums.attribute = 'person_count' OR named.metric NOT IN ('no_person_rate', 'multi_person_rate')
    UNION ALL
    SELECT
        sums.*,
        'outside_rate' AS metric,
        declared.value AS value_name,
        coalesce(sums.outside[declared.value], 0) AS part,
        sums.pictures AS whole
    FROM sums
    INNER JOIN declared
        ON
            sums.week = declared.week
            AND sums.model = declared.model
            AND sums.suite = declared.suite
            AND sums.suite_major = declared.suite_major
            AND sums.attribute = declared.attribute
            AND NOT declared.in_support
            AND declared.value != 'cannot_tell'
),

bounded AS (
    SELECT
        *,
        part / nullif(whole, 0) AS rate,
        1.959963984540054 AS z
    FROM rates
),

intervals AS (
    SELECT
        *,
        (part + z * z / 2) / (whole + z * z) AS middle,
        z / (whole + z * z) * sqrt(rate * (whole - part) + z * z / 4) AS half
    FROM bounded
)

SELECT
    week, model, suite, suite_major, condition, prompt, turn, attribute,
    cast(NULL AS VARCHAR) AS reference,
    scale, labeler_version, metric, value_name, rate AS estimate,
    CASE WHEN whole > 0 THEN CASE WHEN part = 0 THEN 0 ELSE middle - half END END AS low,
    CASE WHEN whole > 0 THEN CASE WHEN part = whole THEN 1 ELSE middle + half END END AS high,
    whole AS n, cells
FROM intervals
ORDER BY
    week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, attribute ASC, metric ASC,
    value_name ASC, prompt ASC, turn ASC
