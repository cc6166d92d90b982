-- Answers: which shares and distances of whole suites does one week have?
-- Grain: that of scores, prompt NULL; metrics share, distance2 and distance.
-- Columns: those of scores; labeler and simulated of the plan.
-- Depends on: plan_scores, plans
SELECT
    scores.model, scores.series, scores.params_hash, scores.track, scores.suite, scores.suite_major,
    scores.condition, scores.turn, scores.attribute, scores.reference, scores.scale, scores.labeler_version,
    scores.metric, scores.value_name, scores.estimate, scores.reason, plans.labeler, plans.simulated
FROM plan_scores AS scores
INNER JOIN plans USING (week, model)
WHERE
    scores.week = cast($week AS DATE)
    AND scores.prompt IS NULL
    AND scores.metric IN ('share', 'distance2', 'distance')
ORDER BY ALL
