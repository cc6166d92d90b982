-- Answers: which labelers read an attribute beside the one that the plan names, and in which weeks?
-- Grain: one row for each attribute × labeler × version.
-- Columns: first_week and last_week bound the weeks in which it was used.
-- Depends on: scores, plans
SELECT
    scores.attribute, scores.labeler, scores.labeler_version,
    min(scores.week) AS first_week,
    max(scores.week) AS last_week
FROM scores
INNER JOIN plans USING (week, model)
WHERE
    scores.week <= cast($week AS DATE) AND scores.metric = 'assessed_rate' AND scores.prompt IS NULL
    AND scores.labeler IS DISTINCT FROM plans.labeler AND scores.estimate > 0
GROUP BY scores.attribute, scores.labeler, scores.labeler_version
ORDER BY scores.attribute, first_week, scores.labeler, scores.labeler_version
