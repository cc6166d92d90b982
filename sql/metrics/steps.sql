-- Answers: how many pictures of each cell show each value of a scale in bands, the bands aside?
-- Grain: cell × attribute with bands × value that is in a band and in the support; zeros included.
-- Columns: keys of the cell, attribute, position in the declared order, value, pictures.
-- Depends on: slot_outcomes, plans, prompt_attributes, attribute_values, labels
-- Uses: marts/readings
WITH seen AS (
    SELECT
        week, model, suite, suite_version, prompt, turn, attribute, value,
        sum(pictures) AS pictures
    FROM readings
    WHERE band IS NOT NULL AND in_support
    GROUP BY ALL
),

cells AS (
    SELECT DISTINCT
        week, model, suite, suite_version, suite_major, prompt,
        least(turn, 2) AS turn
    FROM slot_outcomes
)

SELECT
    cells.week, cells.model, cells.suite, cells.suite_version, cells.prompt, cells.turn,
    attribute_values.attribute, attribute_values.position, attribute_values.value,
    cast(coalesce(seen.pictures, 0) AS BIGINT) AS pictures
FROM cells
INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt)
INNER JOIN attribute_values USING (week, model, suite, suite_major, attribute)
LEFT JOIN seen USING (week, model, suite, suite_version, prompt, turn, attribute, value)
WHERE attribute_values.band IS NOT NULL AND attribute_values.in_support
ORDER BY attribute_values.position, attribute_values.value
