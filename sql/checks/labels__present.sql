-- Answers: which models have pictures to look at but not one label of the labeler that their plan names?
-- Grain: week, model.
-- Columns:
--   pictures: pictures of prompts with attributes
--   problem: the same in words
-- Depends on: plans, slots, images, prompt_attributes, labels.
-- Severity: critical
-- Stages: labels, publish
-- Rule: A model's pictures were labeled by the labeler that its plan names.
WITH given AS (
    SELECT DISTINCT
        model, labeler
    FROM labels
    WHERE week = $week
),

wanted AS (
    SELECT *
    FROM prompt_attributes
    WHERE week = $week
)

SELECT
    plans.week, plans.model, plans.labeler,
    count(DISTINCT images.slot_key) AS pictures,
    concat(
        'none of its ', count(DISTINCT images.slot_key), ' pictures was labelled by ', plans.labeler
    ) AS problem
FROM plans
INNER JOIN images USING (week, model)
INNER JOIN slots USING (week, model, slot_key)
SEMI JOIN wanted USING (week, model, suite, prompt)
ANTI JOIN given USING (model, labeler)
WHERE
    plans.week = $week
    AND ($model IS NULL OR plans.model = $model)
GROUP BY plans.week, plans.model, plans.labeler
ORDER BY plans.model
