-- Answers: what was one model's figure on each board, of the four weeks that end with each week?
-- Grain: one row for each week × suite × suite_major × condition × attribute × yardstick.
-- Columns: those of figures; answered, refused: requests of that suite and condition in the week itself
--   that the model answered itself, and of them those that it refused.
-- Depends on: figures, answers, plans
WITH rates AS (
    SELECT
        week, suite, suite_major, condition, turn,
        sum(pictures + refused) AS answered,
        sum(refused) AS refused
    FROM answers
    WHERE model = $model AND week <= cast($week AS DATE)
    GROUP BY week, suite, suite_major, condition, turn
)

SELECT
    f.week, f.suite, f.suite_major, f.condition, f.turn, f.attribute, f.yardstick, f.figure, plans.series,
    plans.params_hash, f.estimate,
    f.low,
    f.high,
    f.n,
    f.weeks,
    f.first_week,
    f.reason, rates.answered, rates.refused
FROM figures AS f
INNER JOIN plans USING (week, model)
LEFT JOIN rates USING (week, suite, suite_major, condition, turn)
WHERE
    f.model = $model AND f.week <= cast($week AS DATE) AND f.prompt IS NULL
    AND f.figure IN ('gap', 'stereotypes')
ORDER BY f.suite, f.suite_major, f.condition, f.attribute, f.yardstick, f.week
