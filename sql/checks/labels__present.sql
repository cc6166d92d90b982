-- Answers: which models have pictures to look at but not one label of the labeler that their plan names?
-- Grain: week, model.
-- Columns:
--   pictures: pictures of prompts with attributes
--   problem: the same in words
-- Depends on: plans, slots, images, prompt_attributes, labels.
SELECT
    plans.week,
    plans.model,
    plans.labeler,
    count(DISTINCT images.slot_key) AS pictures,
    concat(
        'none of its ', count(DISTINCT images.slot_key), ' pictures was labelled by ', plans.labeler
    ) AS problem
FROM plans
INNER JOIN images ON plans.week = images.week AND plans.model = images.model
INNER JOIN slots
    ON
        images.week = slots.week
        AND images.model = slots.model
        AND images.slot_key = slots.slot_key
SEMI JOIN prompt_attributes
    ON
        slots.week = prompt_attributes.week
        AND slots.model = prompt_attributes.model
        AND slots.suite = prompt_attributes.suite
        AND slots.prompt = prompt_attributes.prompt
ANTI JOIN labels
    ON
        plans.week = labels.week
        AND plans.model = labels.model
        AND plans.labeler = labels.labeler
WHERE
    plans.week = $week
    AND ($model IS NULL OR plans.model = $model)
GROUP BY plans.week, plans.model, plans.labeler
ORDER BY plans.model
