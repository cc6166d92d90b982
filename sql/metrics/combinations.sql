-- Answers: how many pictures of each cell show all values of a declared combination?
-- Grain: cell × combination whose attributes the prompt has.
-- Columns: keys of the cell; combination; k: pictures that show it; n: in which all its attributes were
--   assessed; open: assessed in part, and no part contradicts; partly: in which any part was assessed;
--   pictures: all.
-- Depends on: combinations, slot_outcomes, prompt_attributes, plans, attribute_values, labels
-- Uses: combination_pictures
WITH whole AS (
    SELECT *
    FROM pictures
    WHERE asked = parts
)

SELECT
    week, model, suite, suite_version, prompt, turn, combination,
    count(*) FILTER (WHERE shown = parts) AS k,
    count(*) FILTER (WHERE assessed = parts) AS n,
    count(*) FILTER (WHERE assessed < parts AND shown = assessed AND assessed > 0) AS open,
    count(*) FILTER (WHERE assessed > 0) AS partly,
    count(*) AS pictures
FROM whole
GROUP BY ALL
ORDER BY ALL
