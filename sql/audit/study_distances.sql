-- Answers: How far is each model of a study from equal shares (parity, for two values), prompt by prompt and
--   on average? Recomputed from the labels alone, to be held against `study_scores`.
-- Grain: study, attribute, labeler, labeler_version, condition, model, prompt (NULL: mean over prompts).
-- Columns: n (pictures with a value of the support), cells (prompts with one), tvd (half the sum of the
--   differences, raw), distance2 (unbiased; of prompts with two pictures), distance (its root, where a prompt
--   has five pictures), entropy_homogeneity (1 - H / ln K, as some studies publish it; 1: all pictures
--   alike). NULL where there are too few pictures.
-- Depends on: study_labels, study_slots, study_prompts, study_attribute_values
-- Uses: read_from_study_labels
WITH
sized AS (
    SELECT
        *,
        sum(x) OVER (
            PARTITION BY study, attribute, labeler, labeler_version, condition, model, prompt
        ) AS n
    FROM counted
),

figures AS (
    SELECT
        * EXCLUDE (value, slots, x),
        sum(abs(x / nullif(n, 0) - 1 / k)) / 2 AS tvd,
        (sum(CASE WHEN n > 1 THEN x * (x - 1) / (n * (n - 1)) END) - any_value(1 / k)) / 2 AS distance2,
        1 + sum(CASE WHEN x > 0 THEN x / n * ln(x / n) ELSE 0 END) / any_value(nullif(ln(k), 0))
            AS entropy_homogeneity
    FROM sized
    GROUP BY ALL
),

-- every prompt by itself, and all prompts of a condition together
levels AS (
    SELECT
        * EXCLUDE (prompt),
        unnest([prompt, NULL]) AS prompt
    FROM figures
)

SELECT
    study, attribute, labeler, labeler_version, condition, model, prompt,
    sum(n) AS n,
    count(*) FILTER (WHERE n > 0) AS cells,
    avg(tvd) AS tvd,
    avg(distance2) AS distance2,
    CASE
        WHEN max(n) >= 5 THEN sqrt(CASE WHEN avg(distance2) > 1e-14 THEN avg(distance2) ELSE 0 END)
    END AS distance,
    avg(entropy_homogeneity) FILTER (WHERE n > 0) AS entropy_homogeneity
FROM levels
GROUP BY study, attribute, labeler, labeler_version, condition, model, prompt
ORDER BY study, attribute, labeler, labeler_version, condition, model, prompt
