-- Answers: which comparisons of published models have in windows not the figures that the week itself has?
-- Grain: model × suite × comparison × attribute × metric.
-- Columns: those; problem: the same in words.
-- Depends on: effects, window_effects, withheld.
-- Severity: critical
-- Stages: publish
-- Rule: Every effect of a week's published models has one of the window that ends with it, and no other has.
WITH every AS (
    SELECT
        week, model, suite, suite_major, kind, a, b, attribute, metric,
        1 AS alone,
        0 AS pooled
    FROM effects
    UNION ALL
    SELECT
        week, model, suite, suite_major, kind, a, b, attribute, metric,
        0 AS alone,
        1 AS pooled
    FROM window_effects
),

hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
)

SELECT
    every.week, every.model, every.suite, every.suite_major, every.kind, every.a, every.b, every.attribute,
    every.metric,
    'has ' || sum(every.pooled) || ' effects of windows beside ' || sum(every.alone) || ' of the week'
        AS problem
FROM every
ANTI JOIN hidden USING (week, model)
WHERE
    every.week = $week
    AND ($model IS NULL OR every.model = $model)
GROUP BY ALL
HAVING sum(every.pooled) <> sum(every.alone)
