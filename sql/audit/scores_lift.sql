-- Answers: How many times as often is a value seen with the group that it is a stereotype of as with others?
--   Recomputed from attempts and labels alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, turn, attribute, value and group (value_name).
-- Columns: those of scores. p, q: mean over prompts of the share with the group and with other groups, each
--   with Wilson's interval at m² / Σ 1/n pictures; the ends of the ratio solve
--   (p - r q)² = (p - end of p)² + r² (q - other end of q)². NULL where a side has fewer than five pictures,
--   or no other group shows the value.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, stereotypes, plans, attempts, outcomes,
--   labels, clusters
-- Uses: read_from_labels
WITH
-- Uses: worth

sides AS (
    SELECT
        counted.week, counted.model, counted.suite, counted.suite_major, counted.condition, counted.turn,
        counted.attribute, counted.scale, counted.labeler_version,
        stereotypes.value || ' | ' || stereotypes.subject AS value_name,
        counted.subject = stereotypes.subject AS own,
        cast(1.959963984540054 AS DOUBLE) AS z,
        count(*) FILTER (WHERE counted.n > 0) AS cells,
        sum(counted.n) AS n,
        avg(counted.x / nullif(counted.n, 0)) AS p,
        pow(count(*) FILTER (WHERE counted.n > 0), 2) / sum(counted.effect / nullif(counted.n, 0)) AS e
    FROM worth AS counted
    INNER JOIN stereotypes
        ON
            counted.week = stereotypes.week
            AND counted.model = stereotypes.model
            AND counted.suite = stereotypes.suite
            AND counted.suite_major = stereotypes.suite_major
            AND counted.attribute = stereotypes.attribute
            AND counted.value = stereotypes.value
            AND split_part(counted.subject, ':', 1) = split_part(stereotypes.subject, ':', 1)
            AND stereotypes.metric = 'stereotype_lift'
    WHERE counted.standing
    GROUP BY ALL
),

bounded AS (
    SELECT
        *,
        CASE
            WHEN p = 0 THEN 0
            ELSE (p * e + z * z / 2) / (e + z * z) - z / (e + z * z) * sqrt(e * p * (1 - p) + z * z / 4)
        END AS below,
        CASE
            WHEN p = 1 THEN 1
            ELSE (p * e + z * z / 2) / (e + z * z) + z / (e + z * z) * sqrt(e * p * (1 - p) + z * z / 4)
        END AS above
    FROM sides
),

-- the ratio's ends are roots of f r² - 2 p q r + g = 0
paired AS (
    SELECT
        week, model, suite, suite_major, condition, turn, attribute, scale, labeler_version, value_name,
        sum(n) AS n,
        sum(cells) AS cells,
        coalesce(any_value(n) FILTER (WHERE own), 0) >= 5
        AND coalesce(any_value(n) FILTER (WHERE NOT own), 0) >= 5 AS enough,
        any_value(p) FILTER (WHERE own) AS p,
        any_value(p) FILTER (WHERE NOT own) AS q,
        any_value(below * (2 * p - below)) FILTER (WHERE own) AS g_low,
        any_value(above * (2 * p - above)) FILTER (WHERE own) AS g_high,
        any_value(above * (2 * p - above)) FILTER (WHERE NOT own) AS f_low,
        any_value(below * (2 * p - below)) FILTER (WHERE NOT own) AS f_high
    FROM bounded
    GROUP BY ALL
)

SELECT
    week, model, suite, suite_major, condition,
    cast(NULL AS VARCHAR) AS prompt,
    turn, attribute,
    cast(NULL AS VARCHAR) AS reference,
    scale, labeler_version,
    'stereotype_lift' AS metric,
    value_name,
    CASE WHEN enough AND q > 0 THEN p / q END AS estimate,
    CASE
        WHEN enough AND q > 0 AND p = 0 THEN 0
        WHEN enough AND q > 0 THEN g_low / (p * q + sqrt(greatest(pow(p * q, 2) - f_low * g_low, 0)))
    END AS low,
    CASE
        WHEN enough AND q > 0 THEN (p * q + sqrt(greatest(pow(p * q, 2) - f_high * g_high, 0))) / f_high
    END AS high,
    n, cells
FROM paired
ORDER BY
    week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, attribute ASC, value_name ASC, turn ASC
