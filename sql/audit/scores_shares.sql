-- Answers: which share of each model's pictures shows each value, prompt by prompt and over a suite, and
--   which value is most frequent? Recomputed from attempts and labels alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn, attribute,
--   metric, value_name.
-- Columns: those of scores: metric is share (mean over the cells with an assessed picture) or max_share
--   (over cells with five); low and high: 95 %, Wilson within a cell, else stratified with the larger of
--   the unbiased and the two-pseudo-count variance; n pictures in the cells that entered, else in all.
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
        min(position) AS position,
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

seen AS (
    SELECT
        asked.week, asked.model, asked.suite, asked.suite_major, asked.prompt, asked.turn, asked.attribute,
        coalesce(known.band, known.value) AS value,
        count(*) AS pictures
    FROM asked
    INNER JOIN settled
        ON
            asked.week = settled.week
            AND asked.model = settled.model
            AND asked.slot_key = settled.slot_key
            AND settled.outcome = 'ok'
    INNER JOIN versions ON asked.week = versions.week AND asked.model = versions.model
    INNER JOIN labels
        ON
            asked.week = labels.week
            AND asked.model = labels.model
            AND asked.slot_key = labels.slot_key
            AND asked.attribute = labels.attribute
            AND versions.labeler = labels.labeler
            AND versions.labeler_version = labels.labeler_version
    INNER JOIN attribute_values AS known
        ON
            asked.week = known.week
            AND asked.model = known.model
            AND asked.suite = known.suite
            AND asked.suite_major = known.suite_major
            AND asked.attribute = known.attribute
            AND labels.value = known.value
    GROUP BY ALL
),

counted AS (
    SELECT
        cells.*,
        declared.value, declared.position,
        coalesce(seen.pictures, 0) AS k,
        sum(coalesce(seen.pictures, 0)) OVER (
            PARTITION BY
                cells.week, cells.model, cells.suite, cells.suite_major, cells.prompt, cells.turn,
                cells.attribute
        ) AS n
    FROM cells
    INNER JOIN declared
        ON
            cells.week = declared.week
            AND cells.model = declared.model
            AND cells.suite = declared.suite
            AND cells.suite_major = declared.suite_major
            AND cells.attribute = declared.attribute
            AND declared.in_support
    LEFT JOIN seen
        ON
            cells.week = seen.week
            AND cells.model = seen.model
            AND cells.suite = seen.suite
            AND cells.suite_major = seen.suite_major
            AND cells.prompt = seen.prompt
            AND cells.turn = seen.turn
            AND cells.attribute = seen.attribute
            AND declared.value = seen.value
),

-- every cell by itself, and the cells that stand for their suite together
levels AS (
    SELECT
        *,
        prompt AS cell
    FROM counted
    UNION ALL
    SELECT
        * REPLACE (cast(NULL AS VARCHAR) AS prompt),
        prompt AS cell
    FROM counted
    WHERE condition != 'confronted' OR turn = 2
),

sums AS (
    SELECT
        week, model, suite, suite_major, condition, prompt, turn, attribute, scale, labeler_version, value,
        1.959963984540054e0 AS z,
        count(*) FILTER (WHERE n > 0) AS cells,
        sum(k) AS k,
        sum(n) AS n,
        avg(k / n) FILTER (WHERE n > 0) AS estimate,
        greatest(
            sum(
                CASE
                    WHEN n > 1 THEN k / n * (1 - k / n) / (n - 1)
                    ELSE (k + 1) / (n + 2) * (1 - (k + 1) / (n + 2)) / n
                END
            ) FILTER (WHERE n > 0),
            sum((k + 1) / (n + 2) * (1 - (k + 1) / (n + 2)) / n) FILTER (WHERE n > 0)
        ) AS variance
    FROM levels
    GROUP BY ALL
),

-- Student's quantile with sum(n + 1) degrees of freedom (Abramowitz & Stegun 26.7.5)
widened AS (
    SELECT
        *,
        z + (pow(z, 3) + z) / 4 / (n + cells)
        + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / 96 / pow((n + cells), 2)
        + (3 * pow(z, 7) + 19 * pow(z, 5) + 17 * pow(z, 3) - 15 * z) / 384 / pow((n + cells), 3)
        + (79 * pow(z, 9) + 776 * pow(z, 7) + 1482 * pow(z, 5) - 1920 * pow(z, 3) - 945 * z)
        / 92160 / pow((n + cells), 4) AS student
    FROM sums
),

-- of one cell alone the interval is Wilson's
alone AS (
    SELECT
        *,
        (estimate + z * z / (2 * n)) / (1 + z * z / n) AS middle,
        z / (1 + z * z / n) * sqrt(estimate * (1 - estimate) / n + z * z / (4 * n * n)) AS half
    FROM widened
),

shares AS (
    SELECT
        *,
        CASE
            WHEN cells = 1 AND k = 0 THEN 0
            WHEN cells = 1 THEN middle - half
            ELSE greatest(estimate - student * sqrt(variance) / cells, 0)
        END AS low,
        CASE
            WHEN cells = 1 AND k = n THEN 1
            WHEN cells = 1 THEN middle + half
            ELSE least(estimate + student * sqrt(variance) / cells, 1)
        END AS high
    FROM alone
),

-- the value that is largest in its cell; of equal ones the first declared
tops AS (
    SELECT *
    FROM levels
    QUALIFY row_number() OVER (
        PARTITION BY week, model, suite, suite_major, condition, prompt, turn, attribute, cell
        ORDER BY k DESC, position ASC
    ) = 1
),

largest AS (
    SELECT
        week, model, suite, suite_major, condition, prompt, turn, attribute, scale, labeler_version,
        any_value(value) FILTER (WHERE n >= 5 AND prompt IS NOT NULL) AS value,
        avg(k / n) FILTER (WHERE n >= 5) AS estimate,
        coalesce(sum(n) FILTER (WHERE n >= 5), sum(n)) AS n,
        count(*) FILTER (WHERE n >= 5) AS cells
    FROM tops
    GROUP BY ALL
)

SELECT
    week, model, suite, suite_major, condition, prompt, turn, attribute,
    cast(NULL AS VARCHAR) AS reference,
    scale, labeler_version,
    'share' AS metric,
    value AS value_name, estimate,
    CASE WHEN cells > 0 THEN low END AS low,
    CASE WHEN cells > 0 THEN high END AS high,
    n, cells
FROM shares
UNION ALL
SELECT
    largest.week, largest.model, largest.suite, largest.suite_major, largest.condition, largest.prompt,
    largest.turn, largest.attribute,
    NULL AS reference,
    largest.scale, largest.labeler_version,
    'max_share' AS metric,
    largest.value AS value_name, largest.estimate, shares.low, shares.high, largest.n, largest.cells
FROM largest
LEFT JOIN shares USING (week, model, suite, suite_major, prompt, turn, attribute, value)
ORDER BY
    week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, attribute ASC, metric ASC, prompt ASC,
    turn ASC, value_name ASC
