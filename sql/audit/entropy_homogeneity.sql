-- Answers: How alike would the pictures of a prompt be by entropy: 1 - H / ln K, the mean over prompts?
--   (D'Incà et al. 2024, OpenBias, arXiv:2404.07990, context-aware; Raza 2025)
-- Grain: week, model, suite, suite_major, condition, turn, attribute.
-- Columns: those; score: of a fair model 0.077 with ten pictures of two values; n: pictures that show a
--   value; cells: prompts with one.
-- Depends on: plans, slots, prompts, prompt_attributes, attribute_values, attempts, outcomes, labels,
--   joint_values, study_slots, study_labels, study_attribute_values
-- Uses: readings
WITH
-- Uses: other_benchmarks

by_prompt AS (
    SELECT
        week, model, suite, suite_major, condition, turn, attribute, prompt, n, every,
        1 + sum(CASE WHEN x > 0 THEN x / n * ln(x / n) ELSE 0 END) / ln(any_value(k)) AS alike
    FROM steps
    WHERE n > 0 AND k > 1
    GROUP BY ALL
)

SELECT
    week, model, suite, suite_major, condition, turn, attribute,
    avg(alike) AS score,
    sum(n) AS n,
    count(*) AS cells
FROM by_prompt
GROUP BY ALL
ORDER BY ALL
