-- Answers: which plans are there in some weeks, and which of them hold the same suites?
-- Grain: model.
-- Columns: those; partition_hash, that stands for week and model; series, params_hash, track, labeler;
--   suites, a hash of all that scoring reads of the plan's suites: equal for plans that hold the same ones.
-- Depends on: plans, prompts, prompt_attributes, attribute_values, reference_values, stereotypes
WITH held AS (
    SELECT
        week, model,
        hash(1, suite, suite_version, suite_major, prompt, language, subject, condition) AS held
    FROM prompts
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
    UNION ALL
    SELECT
        week, model,
        hash(2, suite, suite_major, prompt, attribute) AS held
    FROM prompt_attributes
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
    UNION ALL
    SELECT
        week, model,
        hash(3, suite, suite_major, attribute, value, position, in_support, band) AS held
    FROM attribute_values
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
    UNION ALL
    SELECT
        week, model,
        hash(4, suite, suite_major, reference, attribute, banded, prompt, value, expected_share) AS held
    FROM reference_values
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
    UNION ALL
    SELECT
        week, model,
        hash(5, suite, suite_major, attribute, value, subject, metric) AS held
    FROM stereotypes
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
),

suites AS (
    SELECT
        week, model,
        hash(count(*), sum(held)) AS suites
    FROM held
    GROUP BY week, model
),

own AS (
    SELECT *
    FROM plans
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
)

SELECT
    own.week, own.model,
    hash(own.week, own.model) AS partition_hash,
    own.series, own.params_hash, own.track, own.labeler,
    coalesce(suites.suites, 0) AS suites
FROM own
LEFT JOIN suites USING (week, model)
ORDER BY own.week, own.model
