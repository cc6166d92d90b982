-- Answers: How often did each model answer, refuse, fail and rewrite, prompt by prompt and over a suite?
--   Recomputed from slots and attempts alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn, metric.
-- Columns: those of scores: metric is completeness, failed_rate, answer_rate, refused_rate, rewrite_rate or
--   pictures; low and high: Wilson, 95 %; n what the rate is a share of, of pictures the planned answers.
-- Depends on: slots, prompts, attempts, outcomes, clusters
-- Uses: answer_rates
WITH
bounded AS (
    SELECT
        *,
        part / nullif(whole, 0) AS rate,
        1.959963984540054 AS z
    FROM answer_rates
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
    CASE WHEN metric = 'pictures' THEN part ELSE rate END AS estimate,
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
    whole AS n, cells
FROM intervals
ORDER BY week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, metric ASC, prompt ASC, turn ASC
