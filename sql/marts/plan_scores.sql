-- Answers: what is each model's figure, as the labeler that its plan names read the pictures?
-- Grain: that of scores without the labeler: rates of outcomes, and figures of one labeler a model and week.
-- Weeks: filter
-- Columns:
--   labeler: labeler that the plan names; NULL where no label counts
--   metric: name of the metric (methodology)
-- Depends on: scores, plans.
SELECT scores.* -- noqa: AM04
FROM scores
-- one plan a model and week; a semi join would read the plans of all weeks
INNER JOIN plans USING (week, model)
WHERE scores.labeler IS NULL OR scores.labeler = plans.labeler
