-- Answers: How many pictures of each prompt show each value, of skin tones each step? Steps of the audit
--   queries of other benchmarks' scores, after those of read_from_labels. Each score misleads (methodology).
-- Grain: of steps: week, model, suite, suite_major, condition, prompt, turn, attribute, value of its support.
-- Columns: of steps: those; x pictures of the value, n of all k values, every: pictures, unread ones
--   included.
-- Depends on: cells, attribute_values, readings
WITH
stepped AS (
    SELECT
        cells.week, cells.model, cells.suite, cells.suite_major, cells.condition, cells.prompt, cells.turn,
        cells.attribute, attribute_values.value,
        count(readings.slot_key) FILTER (WHERE readings.label = attribute_values.value) AS x,
        count(readings.slot_key) AS every
    FROM cells
    INNER JOIN attribute_values USING (week, model, suite, suite_major, attribute)
    LEFT JOIN readings
        ON
            cells.week = readings.week
            AND cells.model = readings.model
            AND cells.suite = readings.suite
            AND cells.suite_major = readings.suite_major
            AND cells.prompt = readings.prompt
            AND cells.turn = readings.turn
            AND cells.attribute = readings.attribute
    WHERE cells.standing AND attribute_values.in_support
    GROUP BY ALL
),

steps AS (
    SELECT
        *,
        sum(x) OVER cell AS n,
        count(*) OVER cell AS k
    FROM stepped
    WINDOW cell AS (PARTITION BY week, model, suite, suite_major, condition, prompt, turn, attribute)
)

SELECT * FROM steps
