-- Answers: which cells were asked, or planned and not answered yet?
-- Grain: cell (model × suite version × prompt × turn; turn 2: all that came after a confrontation).
-- Columns: keys of the cell; labeler of the plan; subject of its prompt; pictures.
-- Depends on: slot_outcomes, plans
WITH cells AS (
    SELECT
        week, model, series, params_hash, track, suite, suite_version, suite_major, condition, prompt,
        least(turn, 2) AS turn,
        subject,
        count(*) FILTER (WHERE is_picture) AS pictures
    FROM slot_outcomes
    GROUP BY ALL
)

SELECT
    cells.*, plans.labeler
FROM cells
INNER JOIN plans USING (week, model)
ORDER BY
    cells.week, cells.model, cells.series, cells.params_hash, cells.track, cells.suite, cells.suite_major,
    cells.condition, cells.prompt, cells.turn, cells.suite_version
