-- Answers: what is each model's figure, as the labeler that its plan names read the pictures?
-- Grain: that of scores without the labeler: rates of outcomes, and figures of one labeler a model and week.
-- Weeks: filter
-- Columns:
--   labeler: labeler that the plan names; NULL where no label counts
-- Depends on: scores, plans.
WITH figures AS (
    SELECT *
    FROM scores
    -- editions of before have no such column
    UNION ALL BY NAME
    SELECT cast(NULL AS VARCHAR) AS labeler
    WHERE FALSE
)

SELECT figures.* -- noqa: AM04
FROM figures
-- one plan a model and week; a semi join would read the plans of all weeks
INNER JOIN plans USING (week, model)
WHERE figures.labeler IS NULL OR figures.labeler = plans.labeler
