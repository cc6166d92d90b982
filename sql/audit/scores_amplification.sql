-- Answers: how many times the odds of the reference has each value in the pictures, as a natural logarithm;
--   and how many people are dressed as in an earlier century? Recomputed from attempts and labels
--   alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn, attribute,
--   reference, metric, value_name. Of single prompts amplification is of references with a row of their own.
-- Columns: those of scores. The interval is that of the share (Wilson's in a cell, stratified over cells), as
--   log-odds; none where an end is infinite, and no figure where the share or the reference is 0 or 1.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, reference_values, plans, attempts,
--   outcomes, labels
-- Uses: read_from_labels
WITH
-- each cell beside each reference of its attribute; its own row wins over a row for every prompt
offered AS (
    SELECT
        counted.*,
        expected.reference, expected.expected_share AS q,
        expected.prompt IS NOT NULL AS own
    FROM counted
    INNER JOIN reference_values AS expected
        ON
            counted.week = expected.week
            AND counted.model = expected.model
            AND counted.suite = expected.suite
            AND counted.suite_major = expected.suite_major
            AND counted.attribute = expected.attribute
            AND counted.value = expected.value
            AND (counted.scale = 'bands') = expected.banded
            AND coalesce(expected.prompt, counted.prompt) = counted.prompt
    QUALIFY
        rank() OVER (
            PARTITION BY
                counted.week, counted.model, counted.suite, counted.suite_major, counted.prompt,
                counted.turn, counted.attribute, expected.reference
            ORDER BY expected.prompt IS NULL
        ) = 1
    UNION ALL
    SELECT
        counted.*,
        cast(NULL AS VARCHAR) AS reference,
        cast(NULL AS DOUBLE) AS q,
        TRUE AS own
    FROM counted
    WHERE attribute = 'clothing_era'
),

-- n counts the values that the reference names
sized AS (
    SELECT
        * REPLACE (sum(x) OVER (
            PARTITION BY week, model, suite, suite_major, prompt, turn, attribute, reference
        ) AS n)
    FROM offered
),

levels AS (
    SELECT
        * EXCLUDE (prompt),
        unnest(
            CASE WHEN own THEN [prompt] ELSE [] END || CASE WHEN standing THEN [NULL] ELSE [] END
        ) AS prompt
    FROM sized
),

sums AS (
    SELECT
        week, model, suite, suite_major, condition, prompt, turn, attribute, reference, scale,
        labeler_version, value,
        cast(1.959963984540054 AS DOUBLE) AS z,
        sum(n) AS n,
        sum(x) AS x,
        count(*) FILTER (WHERE n > 0) AS m,
        avg(x / n) FILTER (WHERE n > 0) AS p,
        avg(q) FILTER (WHERE n > 0) AS q,
        greatest(
            sum(
                CASE
                    WHEN n > 1 THEN x / n * (1 - x / n) / (n - 1)
                    ELSE (x + 1) / (n + 2) * (1 - (x + 1) / (n + 2)) / n
                END
            ) FILTER (WHERE n > 0),
            sum((x + 1) / (n + 2) * (1 - (x + 1) / (n + 2)) / n) FILTER (WHERE n > 0)
        ) AS v
    FROM levels
    GROUP BY ALL
),

-- Student's quantile with sum(n + 1) degrees of freedom (Abramowitz & Stegun 26.7.5)
widened AS (
    SELECT
        *,
        z + (pow(z, 3) + z) / 4 / (n + m)
        + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / 96 / pow((n + m), 2)
        + (3 * pow(z, 7) + 19 * pow(z, 5) + 17 * pow(z, 3) - 15 * z) / 384 / pow((n + m), 3)
        + (79 * pow(z, 9) + 776 * pow(z, 7) + 1482 * pow(z, 5) - 1920 * pow(z, 3) - 945 * z)
        / 92160 / pow((n + m), 4) AS student
    FROM sums
),

bounded AS (
    SELECT
        *,
        CASE
            WHEN m = 1 AND x = 0 THEN 0
            WHEN m = 1
                THEN
                    (x + z * z / 2) / (n + z * z)
                    - z / (n + z * z) * sqrt(x * (n - x) / n + z * z / 4)
            ELSE greatest(p - student * sqrt(v) / m, 0)
        END AS below,
        CASE
            WHEN m = 1 AND x = n THEN 1
            WHEN m = 1
                THEN
                    (x + z * z / 2) / (n + z * z)
                    + z / (n + z * z) * sqrt(x * (n - x) / n + z * z / 4)
            ELSE least(p + student * sqrt(v) / m, 1)
        END AS above
    FROM widened
),

told AS (
    SELECT
        * EXCLUDE (value),
        'amplification' AS metric,
        value AS value_name,
        CASE WHEN p > 0 AND p < 1 AND q > 0 AND q < 1 THEN ln(p / (1 - p)) - ln(q / (1 - q)) END AS estimate,
        CASE
            WHEN below > 0 AND above < 1 AND p > 0 AND p < 1 AND q > 0 AND q < 1
                THEN ln(below / (1 - below)) - ln(q / (1 - q))
        END AS low,
        CASE
            WHEN below > 0 AND above < 1 AND p > 0 AND p < 1 AND q > 0 AND q < 1
                THEN ln(above / (1 - above)) - ln(q / (1 - q))
        END AS high
    FROM bounded
    WHERE reference IS NOT NULL
    UNION ALL
    SELECT
        * EXCLUDE (value),
        'anachronism_rate' AS metric,
        cast(NULL AS VARCHAR) AS value_name,
        p AS estimate,
        CASE WHEN m > 0 THEN below END AS low,
        CASE WHEN m > 0 THEN above END AS high
    FROM bounded
    WHERE reference IS NULL AND value = 'historical'
)

SELECT
    week, model, suite, suite_major, condition, prompt, turn, attribute, reference, scale, labeler_version,
    metric, value_name, estimate, low, high, n, m AS cells
FROM told
ORDER BY
    week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, attribute ASC, reference ASC,
    metric ASC, prompt ASC, turn ASC, value_name ASC
