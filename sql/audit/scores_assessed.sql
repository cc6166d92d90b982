-- Answers: Of how many pictures could each attribute be read, and what became of the others, prompt by prompt
--   and over a suite? Recomputed from attempts and labels alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn, attribute,
--   metric, value_name.
-- Columns: those of scores: metric is assessed_rate, cannot_tell_rate, invalid_rate, not_assessed_rate,
--   outside_rate (value_name: the declared value), and, of person_count, no_person_rate and
--   multi_person_rate; low and high: Wilson, 95 %; n what the rate is a share of.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, plans, attempts, outcomes, labels
-- Uses: read_from_labels
WITH
-- every prompt by itself, and the prompts that stand for their suite together
levels AS (
    SELECT
        * EXCLUDE (prompt),
        prompt AS cell,
        unnest(
            CASE WHEN standing THEN [prompt, NULL] ELSE [prompt] END
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
        count(*) FILTER (WHERE readings.label IS NOT NULL AND readings.value IS NULL) AS invalid,
        count(*) FILTER (WHERE readings.attribute IS NOT NULL AND readings.label IS NULL) AS unread,
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
