-- Answers: on how many pictures and prompts do the series of a week rest, and how many series are there?
-- Grain: track × simulated × suite × suite_major × condition × attribute.
-- Columns: n: assessed pictures of a prompt, the median over models and prompts; cells: prompts of a model,
--   the median over models; series: shares of a value, or of refusals, of all models and suites of the week.
-- Depends on: plan_scores, plans
WITH seen AS (
    SELECT
        scores.model, scores.track, plans.simulated, scores.suite, scores.suite_major, scores.condition,
        scores.attribute, scores.prompt, scores.metric, scores.value_name, scores.n
    FROM plan_scores AS scores
    INNER JOIN plans USING (week, model)
    WHERE
        scores.week = cast($week AS DATE)
        AND scores.metric IN ('share', 'refused_rate')
        AND scores.prompt IS NOT NULL
        AND scores.n > 0
        AND (scores.condition <> 'confronted' OR scores.turn > 1)
),

series AS (
    SELECT count(*) AS series
    FROM (
        SELECT DISTINCT
            model, suite, suite_major, condition, metric, attribute, value_name
        FROM seen
    ) AS looked_at
),

per_model AS (
    SELECT
        track, simulated, suite, suite_major, condition, attribute, model,
        count(DISTINCT prompt) AS cells,
        list(n) AS pictures
    FROM seen
    WHERE attribute IS NOT NULL
    GROUP BY track, simulated, suite, suite_major, condition, attribute, model
)

SELECT
    per_model.track, per_model.simulated, per_model.suite, per_model.suite_major, per_model.condition,
    per_model.attribute,
    cast(quantile_disc(per_model.cells, 0.5) AS INTEGER) AS cells,
    cast(list_median(flatten(list(per_model.pictures))) AS INTEGER) AS n,
    any_value(series.series) AS series
FROM per_model
CROSS JOIN series
GROUP BY ALL
ORDER BY ALL
