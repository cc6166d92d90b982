-- Answers: How often did each model answer, refuse and fail, prompt by prompt and over a suite?
--   Recomputed from slots and attempts alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn, metric.
-- Columns: those of scores: metric is completeness, failed_rate, answer_rate, refused_rate or pictures;
--   low and high: Wilson, 95 %; n what the rate is a share of, of pictures the planned answers.
-- Depends on: slots, prompts, attempts, outcomes, clusters
-- Uses: answer_rates
WITH
cluster_values AS ( -- noqa: ST03
    SELECT
        hash(week, model, suite, suite_major, condition, turn, metric) AS id,
        prompt, week, cluster, value, x
    FROM answer_clusters
),

-- Uses: design_effects

-- as many answers as those that were given together are worth
bounded AS (
    SELECT
        answer_rates.* REPLACE (
            answer_rates.part / coalesce(designs.effect, 1) AS part,
            answer_rates.whole / coalesce(designs.effect, 1) AS whole
        ),
        answer_rates.part AS counted,
        answer_rates.whole AS n,
        answer_rates.part / nullif(answer_rates.whole, 0) AS rate,
        1.959963984540054 AS z
    FROM answer_rates
    LEFT JOIN designs
        ON
            designs.id = hash(
                answer_rates.week, answer_rates.model, answer_rates.suite, answer_rates.suite_major,
                answer_rates.condition, answer_rates.turn, answer_rates.metric
            )
            AND designs.prompt = coalesce(answer_rates.prompt, '')
),

intervals AS (
    SELECT
        *,
        (part + z * z / 2) / (whole + z * z) AS middle,
        z / (whole + z * z) * sqrt(rate * (whole - part) + z * z / 4) AS half
    FROM bounded
)

SELECT
    week, model, suite, suite_major, condition, prompt, turn,
    cast(NULL AS VARCHAR) AS attribute,
    cast(NULL AS VARCHAR) AS reference,
    cast(NULL AS VARCHAR) AS scale,
    cast(NULL AS VARCHAR) AS labeler_version,
    metric,
    cast(NULL AS VARCHAR) AS value_name,
    CASE WHEN metric = 'pictures' THEN counted ELSE rate END AS estimate,
    CASE
        WHEN metric = 'pictures' OR whole = 0 THEN NULL
        WHEN part = 0 THEN 0
        ELSE middle - half
    END AS low,
    CASE
        WHEN metric = 'pictures' OR whole = 0 THEN NULL
        WHEN part = whole THEN 1
        ELSE middle + half
    END AS high,
    n, cells
FROM intervals
ORDER BY week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, metric ASC, prompt ASC, turn ASC
