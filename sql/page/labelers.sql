-- Answers: which version of the planned labelers was each attribute read by, and in which weeks?
-- Grain: one row for each attribute × labeler × version.
-- Columns: first_week and last_week bound the weeks in which it was used.
-- Depends on: plan_scores, plans
SELECT
    scores.attribute, plans.labeler, scores.labeler_version,
    min(scores.week) AS first_week,
    max(scores.week) AS last_week
FROM plan_scores AS scores
INNER JOIN plans USING (week, model)
WHERE
    scores.week <= cast($week AS DATE) AND scores.metric = 'assessed_rate' AND scores.prompt IS NULL
    AND plans.labeler IS NOT NULL AND scores.labeler_version IS NOT NULL
GROUP BY scores.attribute, plans.labeler, scores.labeler_version
ORDER BY scores.attribute, first_week, plans.labeler, scores.labeler_version
