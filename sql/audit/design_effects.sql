-- Answers: How many of the pictures of four weeks were drawn together (by one job or call, or from one seed),
--   how alike are they, and how many count as one? From attempts, labels and clusters alone, to be held
--   against `design_effects`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn, attribute; of
--   suites in which some cluster holds two assessed pictures.
-- Columns: n assessed pictures, in how many clusters; freedom between clusters and correlation within them,
--   of the suite; design_effect.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, plans, attempts, outcomes, labels,
--   clusters, withheld, drift_events
-- Uses: read_from_labels
WITH
-- Uses: window_cells

-- Uses: window_cluster_values

-- Uses: design_effects

named AS (
    SELECT
        windows.week, windows.model, windows.suite, windows.suite_major, windows.condition,
        nullif(designs.prompt, '') AS prompt,
        windows.turn, windows.attribute, windows.scale, windows.labeler_version, windows.first_week,
        cast(designs.n AS INTEGER) AS n,
        cast(designs.clusters AS INTEGER) AS clusters,
        cast(designs.freedom AS INTEGER) AS freedom,
        designs.correlation,
        designs.effect AS design_effect
    FROM designs
    INNER JOIN windows USING (id)
    WHERE designs.several
)

SELECT *
FROM named
ORDER BY
    week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, attribute ASC, prompt ASC NULLS FIRST
