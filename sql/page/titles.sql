-- Answers: what do people call each model?
-- Grain: one row for each model that was planned up to a week.
-- Columns: title: of the latest of its plans.
-- Depends on: model_titles
SELECT
    model,
    max_by(title, week) AS title
FROM model_titles
WHERE week <= cast($week AS DATE)
GROUP BY model
ORDER BY model
