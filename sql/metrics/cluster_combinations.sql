-- Answers: how many pictures of each cluster show all values of a declared combination?
-- Grain: cell × combination × cluster.
-- Columns: keys of the cell; combination, cluster; k: pictures that show it; n: in which all its attributes
--   were assessed.
-- Depends on: combinations, slot_outcomes, prompt_attributes, plans, attribute_values, labels, clusters
-- Uses: combination_pictures
WITH drawn AS (
    SELECT
        pictures.*, clusters.cluster
    FROM pictures
    INNER JOIN clusters USING (week, model, slot_key)
    WHERE pictures.asked = pictures.parts
)

SELECT
    week, model, suite,
    cast(split_part(suite_version, '.', 1) AS INTEGER) AS suite_major,
    prompt, turn, combination, cluster,
    count(*) FILTER (WHERE shown = parts) AS k,
    count(*) FILTER (WHERE assessed = parts) AS n
FROM drawn
GROUP BY ALL
