-- Answers: How alike are the pictures of each prompt, and of a suite's prompts on average? Recomputed from
--   attempts and labels alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn, attribute.
-- Columns: those of scores. Below, a: share of pairs of pictures that agree; homogeneity is
--   (a - 1/K) / (1 - 1/K). Its interval is that of a: hull of Wald and score intervals, of one cell alone
--   also with Wilson's of the commonest value. NULL for fewer than five pictures in cells of two or more.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, plans, attempts, outcomes, labels,
--   clusters
-- Uses: read_from_labels
WITH
-- Uses: worth

-- as many pictures as those that were drawn together are worth; p: the share with two pseudo-counts
pseudo AS (
    SELECT
        * REPLACE (x / effect AS x, n / effect AS n),
        n AS pictures,
        (x / effect + 2 / k) / (n / effect + 2) AS p
    FROM worth
),

cell_sums AS (
    SELECT
        week, model, suite, suite_major, condition, prompt, turn, attribute, scale, labeler_version, standing,
        pictures, n, k,
        sum(x * (x - 1)) AS pairs,
        sum(x * (x - 1) * (x - 1)) AS lines,
        sum(p * p) AS pp,
        sum(p * p * p) AS ppp,
        max(x) AS lead,
        sum(pow(x / nullif(n, 0) - 1 / k, 2)) AS raw
    FROM pseudo
    GROUP BY ALL
),

-- all on the scale of a - 1/K
figures AS (
    SELECT
        *,
        n >= 2 AS usable,
        pairs / (n * (n - 1)) - 1 / k AS d,
        pow(pairs / (n * (n - 1)), 2)
        - (pairs * pairs - 4 * (lines - pairs) - 2 * pairs) / (n * (n - 1) * (n - 2) * (n - 3)) AS unbiased,
        2 / (n * (n - 1)) * (pp - pp * pp) AS at_zero,
        4 * (n - 2) / (n * (n - 1)) * greatest(ppp - pp * pp, 0) AS growing,
        pp - 1 / k AS plain,
        4 * (n - 2) / (n * (n - 1)) * (1 - pp) / (k - 1) AS slope,
        -- of pictures that show all values equally often, what rounding leaves is no lead
        CASE WHEN lead / n - 1 / k > 1e-9 THEN least(raw / pow(lead / n - 1 / k, 2), 2) ELSE 0 END AS reach
    FROM cell_sums
),

levels AS (
    SELECT
        * EXCLUDE (prompt),
        unnest(
            CASE WHEN standing THEN [prompt, NULL] ELSE [prompt] END
        ) AS prompt
    FROM figures
),

sums AS (
    SELECT
        week, model, suite, suite_major, condition, prompt, turn, attribute, scale, labeler_version, k,
        cast(1.959963984540054 AS DOUBLE) AS z,
        sum(n) FILTER (WHERE usable) AS n,
        coalesce(sum(pictures) FILTER (WHERE usable), sum(pictures)) AS pictures,
        count(*) FILTER (WHERE usable) AS m,
        max(pictures) FILTER (WHERE usable) AS most,
        avg(d) FILTER (WHERE usable) AS d,
        greatest(
            sum(CASE WHEN n >= 4 THEN unbiased ELSE growing + at_zero END) FILTER (WHERE usable),
            sum(growing + at_zero) FILTER (WHERE usable),
            0
        ) AS v,
        sum(at_zero) FILTER (WHERE usable) AS at_zero,
        sum(plain) FILTER (WHERE usable) AS plain,
        sum(slope) FILTER (WHERE usable) AS slope,
        any_value(lead) FILTER (WHERE usable) AS lead,
        any_value(reach) FILTER (WHERE usable) AS reach
    FROM levels
    GROUP BY ALL
),

lined AS (
    SELECT
        *,
        z * sqrt(v) / m AS wald,
        at_zero / m / m AS b,
        greatest(CASE WHEN plain > 1e-9 THEN (v - at_zero) / plain ELSE slope / m END, 0) / m AS a
    FROM sums
),

ends AS (
    SELECT
        *,
        d + z * z * a / 2 AS middle,
        sqrt(greatest(pow(2 * d + z * z * a, 2) - 4 * (d * d - z * z * b), 0)) / 2 AS half,
        (lead + z * z / 2) / (n + z * z) AS lead_middle,
        z / (n + z * z) * sqrt(lead * (n - lead) / n + z * z / 4) AS lead_half
    FROM lined
),

hulls AS (
    SELECT
        *,
        least(
            middle - half,
            d - wald,
            CASE WHEN m = 1 THEN reach * pow(greatest(lead_middle - lead_half - 1 / k, 0), 2) END
        ) AS low,
        greatest(
            middle + half,
            0,
            d + wald,
            CASE
                WHEN m = 1
                    THEN
                        reach
                        * pow(CASE WHEN lead = n THEN 1 ELSE lead_middle + lead_half END - 1 / k, 2)
            END
        ) AS high
    FROM ends
)

SELECT
    week, model, suite, suite_major, condition, prompt, turn, attribute,
    cast(NULL AS VARCHAR) AS reference,
    scale, labeler_version,
    'homogeneity' AS metric,
    cast(NULL AS VARCHAR) AS value_name,
    CASE WHEN most >= 5 AND k > 1 THEN d / (1 - 1 / k) END AS estimate,
    CASE WHEN most >= 5 AND k > 1 THEN low / (1 - 1 / k) END AS low,
    CASE WHEN most >= 5 AND k > 1 THEN least(high / (1 - 1 / k), 1) END AS high,
    pictures AS n,
    m AS cells
FROM hulls
ORDER BY
    week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, attribute ASC, prompt ASC, turn ASC
