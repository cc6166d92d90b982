-- Answers: How often does one picture show declared values together? Recomputed from attempts and labels
--   alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the suite), turn, value_name.
-- Columns: those of scores. Shares are of pictures with all parts assessed; the interval joins that of none
--   and of all pictures that were assessed in part showing it, unless a part contradicts.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, combinations, plans, attempts, outcomes,
--   labels, clusters
-- Uses: read_from_labels
WITH
-- Uses: combined

cluster_values AS ( -- noqa: ST03
    SELECT
        hash(week, model, suite, suite_major, condition, turn, combination) AS id,
        prompt, week, cluster, value, x
    FROM combined_clusters
),

-- Uses: design_effects

-- effect: how many pictures of a prompt count as one
cells_worth AS (
    SELECT
        combined.*,
        coalesce(designs.effect, 1) AS effect
    FROM combined
    LEFT JOIN designs
        ON
            designs.id = hash(
                combined.week, combined.model, combined.suite, combined.suite_major, combined.condition,
                combined.turn, combined.combination
            )
            AND combined.prompt = designs.prompt
),

levels AS (
    FROM cells_worth
    UNION ALL BY NAME
    SELECT * REPLACE (cast(NULL AS VARCHAR) AS prompt)
    FROM cells_worth
    WHERE standing
),

-- three means each: of what is known, at least, at most
means AS (
    SELECT
        levels.*,
        three.which,
        CASE three.which WHEN 'most' THEN levels.most ELSE levels.k END / levels.effect AS x,
        CASE three.which WHEN 'known' THEN levels.n ELSE levels.partly END / levels.effect AS m
    FROM levels
    CROSS JOIN (VALUES ('known'), ('least'), ('most')) AS three (which)
),

summed AS (
    SELECT
        week, model, suite, suite_major, condition, prompt, turn, combination, which,
        cast(1.959963984540054 AS DOUBLE) AS z,
        coalesce(sum(m), 0) AS m,
        coalesce(sum(n), 0) AS n,
        coalesce(sum(x) FILTER (WHERE m > 0), 0) AS x,
        count(*) FILTER (WHERE m > 0) AS cells,
        avg(x / nullif(m, 0)) AS p,
        sum(m + 1) FILTER (WHERE m > 0) AS freedom,
        greatest(
            sum(
                CASE
                    WHEN m >= 2 THEN x / m * (1 - x / m) / (m - 1)
                    ELSE (x + 1) / (m + 2) * (1 - (x + 1) / (m + 2)) / m
                END
            ) FILTER (WHERE m > 0),
            sum((x + 1) / (m + 2) * (1 - (x + 1) / (m + 2)) / m) FILTER (WHERE m > 0)
        ) AS variance
    FROM means
    GROUP BY ALL
),

bounded AS (
    SELECT
        *,
        (
            z + (pow(z, 3) + z) / 4 / freedom
            + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / 96 / pow(freedom, 2)
            + (3 * pow(z, 7) + 19 * pow(z, 5) + 17 * pow(z, 3) - 15 * z) / 384 / pow(freedom, 3)
            + (79 * pow(z, 9) + 776 * pow(z, 7) + 1482 * pow(z, 5) - 1920 * pow(z, 3) - 945 * z)
            / 92160 / pow(freedom, 4)
        ) * sqrt(variance) / cells AS half,
        CASE
            WHEN x = 0 THEN 0
            ELSE (x + z * z / 2) / (m + z * z) - z / (m + z * z) * sqrt(x * (m - x) / m + z * z / 4)
        END AS below,
        CASE
            WHEN x = m THEN 1
            ELSE (x + z * z / 2) / (m + z * z) + z / (m + z * z) * sqrt(x * (m - x) / m + z * z / 4)
        END AS above
    FROM summed
),

ends AS (
    SELECT
        *,
        CASE WHEN cells = 1 THEN below ELSE greatest(p - half, 0) END AS from_p,
        CASE WHEN cells = 1 THEN above ELSE least(p + half, 1) END AS to_p
    FROM bounded
)

SELECT
    week, model, suite, suite_major, condition, prompt, turn,
    cast(NULL AS VARCHAR) AS attribute,
    cast(NULL AS VARCHAR) AS reference,
    cast(NULL AS VARCHAR) AS scale,
    cast(NULL AS VARCHAR) AS labeler_version,
    'combination_share' AS metric,
    combination AS value_name,
    any_value(p) FILTER (WHERE which = 'known') AS estimate,
    CASE WHEN bool_or(p IS NOT NULL) FILTER (WHERE which = 'known') THEN min(from_p) END AS low,
    CASE WHEN bool_or(p IS NOT NULL) FILTER (WHERE which = 'known') THEN max(to_p) END AS high,
    any_value(n) FILTER (WHERE which = 'known') AS n,
    any_value(cells) FILTER (WHERE which = 'known') AS cells
FROM ends
GROUP BY ALL
ORDER BY
    week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, prompt ASC, combination ASC, turn ASC
