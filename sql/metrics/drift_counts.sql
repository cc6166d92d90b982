-- Answers: how many pictures showed a value, how many answers were refusals, by cell and week?
-- Grain: week × model × suite × condition × prompt × metric × attribute × value_name; only cells with
--   pictures (or answers); of a confrontation only what came after it is read.
-- Columns: keys of the series; hits: pictures with the value, or refusals; n: pictures assessed, or answers.
-- Depends on: plan_scores, plans
SELECT
    scores.model, scores.series, scores.params_hash, scores.track, plans.simulated, scores.suite,
    scores.suite_major, scores.condition, scores.turn, scores.metric, scores.attribute, scores.scale,
    scores.labeler_version, scores.value_name, scores.prompt, scores.week,
    cast(round(scores.estimate * scores.n) AS INTEGER) AS hits,
    scores.n
FROM plan_scores AS scores
INNER JOIN plans USING (week, model)
WHERE
    scores.metric IN ('share', 'refused_rate')
    AND scores.prompt IS NOT NULL
    AND scores.estimate IS NOT NULL
    AND scores.n > 0
    AND (scores.condition <> 'confronted' OR scores.turn > 1)
    AND scores.week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
GROUP BY ALL
ORDER BY ALL
