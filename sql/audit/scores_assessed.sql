-- Answers: Of how many pictures could each attribute be read, and what became of the others, prompt by prompt
--   and over a suite? Recomputed from attempts and labels alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn, attribute,
--   metric, value_name.
-- Columns: those of scores: metric is assessed_rate, cannot_tell_rate, invalid_rate, not_assessed_rate,
--   outside_rate (value_name: the declared value), and, of person_count, no_person_rate and
--   multi_person_rate; low and high: Wilson, 95 %; n what the rate is a share of.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, plans, attempts, outcomes, labels,
--   clusters
-- Uses: read_from_labels
WITH
-- Uses: label_rates

cluster_values AS ( -- noqa: ST03
    SELECT
        hash(
            week, model, suite, suite_major, condition, turn, attribute, metric, coalesce(value_name, '')
        ) AS id,
        prompt, week, cluster, value, x
    FROM label_clusters
),

-- Uses: design_effects

-- as many pictures as those that were drawn together are worth
bounded AS (
    SELECT
        label_rates.* REPLACE (
            label_rates.part / coalesce(designs.effect, 1) AS part,
            label_rates.whole / coalesce(designs.effect, 1) AS whole
        ),
        label_rates.whole AS n,
        label_rates.part / nullif(label_rates.whole, 0) AS rate,
        1.959963984540054 AS z
    FROM label_rates
    LEFT JOIN designs
        ON
            designs.id = hash(
                label_rates.week, label_rates.model, label_rates.suite, label_rates.suite_major,
                label_rates.condition, label_rates.turn, label_rates.attribute, label_rates.metric,
                coalesce(label_rates.value_name, '')
            )
            AND designs.prompt = coalesce(label_rates.prompt, '')
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
    n, cells
FROM intervals
ORDER BY
    week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, attribute ASC, metric ASC,
    value_name ASC, prompt ASC, turn ASC
