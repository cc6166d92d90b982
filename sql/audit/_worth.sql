-- Answers: How many independent pictures are those of each cell of a week worth? Steps of the audit queries
--   that name this text under "Uses", after those of read_from_labels.
-- Grain: cell_effects: cell (week, model, suite, suite_major, prompt, turn, attribute). worth: that of
--   counted.
-- Columns: effect: how many pictures of the cell count as one.
-- Depends on: readings, declared, cells, counted, clusters
WITH
-- Uses: week_cluster_values

-- Uses: design_effects

cell_effects AS (
    SELECT
        cells.week, cells.model, cells.suite, cells.suite_major, cells.prompt, cells.turn, cells.attribute,
        coalesce(designs.effect, 1) AS effect
    FROM cells
    LEFT JOIN designs
        ON
            designs.id = hash(
                cells.week, cells.model, cells.suite, cells.suite_major, cells.condition, cells.turn,
                cells.attribute
            )
            AND cells.prompt = designs.prompt
),

worth AS (
    SELECT
        counted.*,
        cell_effects.effect
    FROM counted
    INNER JOIN cell_effects USING (week, model, suite, suite_major, prompt, turn, attribute)
)

SELECT effect FROM worth
