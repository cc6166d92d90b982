-- Answers: which models with a figure on a board have no window there, or several?
-- Grain: board × model.
-- Columns: keys of the board, model; problem: the same in words.
-- Depends on: plan_scores, yardsticks, withheld, window_scores.
-- Severity: critical
-- Stages: publish
-- Rule: Every published model of a board has one window on it.
SELECT
    scores.week, scores.model, scores.suite, scores.suite_major, scores.condition, scores.attribute,
    scores.reference, scores.scale,
    'has ' || count(window_scores.model) || ' windows on a board, one is needed' AS problem
FROM plan_scores AS scores
SEMI JOIN yardsticks USING (suite, suite_major, attribute, reference, metric)
LEFT JOIN withheld USING (week, model)
LEFT JOIN window_scores
    ON
        scores.week = window_scores.week
        AND scores.model = window_scores.model
        AND scores.suite = window_scores.suite
        AND scores.suite_major = window_scores.suite_major
        AND scores.condition = window_scores.condition
        AND scores.attribute = window_scores.attribute
        AND scores.reference = window_scores.reference
        AND scores.scale = window_scores.scale
        AND scores.metric = window_scores.metric
        AND window_scores.prompt IS NULL
        AND window_scores.value_name IS NULL
WHERE
    scores.week = $week
    AND ($model IS NULL OR scores.model = $model)
    AND scores.prompt IS NULL
    AND scores.value_name IS NULL
    AND withheld.model IS NULL
GROUP BY ALL
HAVING count(window_scores.model) <> 1
