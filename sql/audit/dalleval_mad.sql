-- Answers: What would DALL-Eval's mean absolute deviation be: Σ |p - 1/K| / K, the mean over prompts? (Cho,
--   Zala & Bansal 2023, arXiv:2202.04053, section 4.2; compute_mad.py)
-- Grain: week, model, suite, suite_major, condition, turn, attribute.
-- Columns: those; score: of a fair model 0.123 with ten pictures per prompt, 0.188 with five; n: pictures
--   that show a value; cells: prompts with one.
-- Depends on: plans, slots, prompts, prompt_attributes, attribute_values, attempts, outcomes, labels,
--   joint_values, study_slots, study_labels, study_attribute_values
-- Uses: readings
WITH
-- Uses: other_benchmarks

by_prompt AS (
    SELECT
        week, model, suite, suite_major, condition, turn, attribute, prompt, n, every,
        avg(abs(x / n - 1 / k)) AS mad
    FROM steps
    WHERE n > 0
    GROUP BY ALL
)

SELECT
    week, model, suite, suite_major, condition, turn, attribute,
    avg(mad) AS score,
    sum(n) AS n,
    count(*) AS cells
FROM by_prompt
GROUP BY ALL
ORDER BY ALL
