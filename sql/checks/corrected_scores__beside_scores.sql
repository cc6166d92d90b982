-- Answers: which shares and distances of suites have no corrected row, more than one, or one that names
--   another raw figure?
-- Grain: that of scores.
-- Columns: those of scores that name the figure; rows: corrected rows that it has.
-- Depends on: plan_scores, corrected_scores.
-- Severity: critical
-- Stages: publish
-- Rule: Where figures are corrected, every share and distance of a suite has its corrected row, with the
--   raw figure.
-- Says: shares and distances without their corrected row, or with another raw figure
SELECT
    scores.week, scores.model, scores.suite, scores.suite_major, scores.condition, scores.turn,
    scores.attribute, scores.reference, scores.scale, scores.metric, scores.value_name, scores.estimate,
    count(corrected_scores.model) AS corrected_rows
FROM plan_scores AS scores
LEFT JOIN corrected_scores
    ON
        corrected_scores.week = $week
        AND scores.model = corrected_scores.model
        AND scores.suite = corrected_scores.suite
        AND scores.suite_major = corrected_scores.suite_major
        AND scores.condition = corrected_scores.condition
        AND scores.turn = corrected_scores.turn
        AND scores.attribute = corrected_scores.attribute
        AND scores.scale = corrected_scores.scale
        AND scores.metric = corrected_scores.metric
        AND scores.reference IS NOT DISTINCT FROM corrected_scores.reference
        AND scores.value_name IS NOT DISTINCT FROM corrected_scores.value_name
        AND scores.estimate IS NOT DISTINCT FROM corrected_scores.raw_estimate
WHERE
    scores.week = $week
    AND ($model IS NULL OR scores.model = $model)
    AND scores.prompt IS NULL
    AND scores.metric IN ('share', 'distance2', 'distance')
GROUP BY ALL
HAVING count(corrected_scores.model) <> 1
