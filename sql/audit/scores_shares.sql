-- Answers: Which share of each model's pictures shows each value, prompt by prompt and over a suite?
--   Recomputed from attempts and labels alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn, attribute,
--   metric, value_name.
-- Columns: those of scores: metric is share (mean over the cells with an assessed picture); low and high:
--   95 %, Wilson within a cell, else stratified with the larger of the unbiased and the two-pseudo-count
--   variance, of as many pictures as those that were drawn together are worth.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, plans, attempts, outcomes, labels,
--   clusters
-- Uses: read_from_labels
WITH
-- Uses: worth

-- every cell by itself, and the cells that stand for their suite together
levels AS (
    SELECT
        * REPLACE (x / effect AS x, n / effect AS n),
        n AS pictures,
        prompt AS cell
    FROM worth
    UNION ALL
    SELECT
        * REPLACE (cast(NULL AS VARCHAR) AS prompt, x / effect AS x, n / effect AS n),
        n AS pictures,
        prompt AS cell
    FROM worth
    WHERE standing
),

sums AS (
    SELECT
        week, model, suite, suite_major, condition, prompt, turn, attribute, scale, labeler_version, value,
        1.959963984540054e0 AS z,
        count(*) FILTER (WHERE n > 0) AS cells,
        sum(x) AS x,
        sum(n) AS n,
        sum(pictures) AS pictures,
        avg(x / n) FILTER (WHERE n > 0) AS estimate,
        greatest(
            sum(
                CASE
                    WHEN n >= 2 THEN x / n * (1 - x / n) / (n - 1)
                    ELSE (x + 1) / (n + 2) * (1 - (x + 1) / (n + 2)) / n
                END
            ) FILTER (WHERE n > 0),
            sum((x + 1) / (n + 2) * (1 - (x + 1) / (n + 2)) / n) FILTER (WHERE n > 0)
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
            WHEN cells = 1 AND x = 0 THEN 0
            WHEN cells = 1 THEN middle - half
            ELSE greatest(estimate - student * sqrt(variance) / cells, 0)
        END AS low,
        CASE
            WHEN cells = 1 AND x = n THEN 1
            WHEN cells = 1 THEN middle + half
            ELSE least(estimate + student * sqrt(variance) / cells, 1)
        END AS high
    FROM alone
)

SELECT
    week, model, suite, suite_major, condition, prompt, turn, attribute,
    cast(NULL AS VARCHAR) AS reference,
    scale, labeler_version,
    'share' AS metric,
    value AS value_name,
    estimate,
    CASE WHEN cells > 0 THEN low END AS low,
    CASE WHEN cells > 0 THEN high END AS high,
    pictures AS n,
    cells
FROM shares
ORDER BY
    week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, attribute ASC, prompt ASC, turn ASC,
    value_name ASC
