-- Answers: what was one model's figure on each board, of the four weeks that end with each week?
-- Grain: one row for each week × suite × suite_major × condition × attribute × reference.
-- Columns: those of window_scores; answered, refused: requests of that suite and condition in the week itself
--   that the model answered itself, and of them those that it refused.
-- Depends on: window_scores, yardsticks, scores
WITH rates AS (
    SELECT
        week, suite, suite_major, condition, turn,
        n AS answered,
        cast(round(estimate * n) AS INTEGER) AS refused
    FROM scores
    WHERE
        model = $model AND week <= cast($week AS DATE) AND prompt IS NULL AND metric = 'refused_rate'
        AND estimate IS NOT NULL
)

SELECT
    w.week, w.suite, w.suite_major, w.condition, w.turn, w.attribute, w.reference, w.metric, w.series,
    w.params_hash, w.estimate,
    w.low,
    w.high,
    w.n,
    w.weeks,
    w.first_week,
    w.reason, rates.answered, rates.refused
FROM window_scores AS w
SEMI JOIN yardsticks USING (suite, suite_major, attribute, reference, metric)
LEFT JOIN rates USING (week, suite, suite_major, condition, turn)
WHERE
    w.model = $model AND w.week <= cast($week AS DATE) AND w.prompt IS NULL AND w.value_name IS NULL
ORDER BY w.suite, w.suite_major, w.condition, w.attribute, w.reference, w.week
