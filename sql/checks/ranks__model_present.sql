-- Answers: which models of a board have no row in the ranks of a week, or several?
-- Grain: board × model.
-- Columns: keys of the board, model; problem: the same in words.
-- Depends on: plan_scores, ranks.
-- Severity: critical
-- Stages: publish
-- Rule: Every model of a board has one row in the ranks of its week.
SELECT
    scores.week, scores.model, scores.suite, scores.suite_major, scores.condition, scores.attribute,
    scores.reference, scores.scale,
    'has ' || count(ranks.model) || ' rows in ranks on a board, one is needed' AS problem
FROM plan_scores AS scores
SEMI JOIN yardsticks USING (suite, suite_major, attribute, reference, metric)
LEFT JOIN ranks USING (week, track, suite, suite_major, condition, attribute, reference, scale, model)
WHERE
    scores.week = $week
    AND ($model IS NULL OR scores.model = $model)
    AND scores.prompt IS NULL
    AND scores.value_name IS NULL
GROUP BY ALL
HAVING count(ranks.model) <> 1
