-- Answers: which version did each model's service report, in which weeks?
-- Grain: one row for each model × series × version.
-- Columns: version: as the service reported it; answers: that named it, from first_week to last_week.
-- Depends on: attempts, plans
SELECT
    attempts.model, plans.series,
    attempts.model_reported AS version,
    min(attempts.week) AS first_week,
    max(attempts.week) AS last_week,
    count(*) AS answers
FROM attempts
INNER JOIN plans USING (week, model)
WHERE attempts.week <= cast($week AS DATE) AND attempts.model_reported IS NOT NULL
GROUP BY attempts.model, plans.series, attempts.model_reported
ORDER BY attempts.model, plans.series, first_week, version
