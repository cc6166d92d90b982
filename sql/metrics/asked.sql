-- Answers: which cells were asked in some weeks, or planned and not answered yet?
-- Grain: cell (model × suite version × prompt × turn).
-- Columns: cell, a hash of the cell's keys that stands for them in metrics/asked_slots; the keys.
-- Depends on: slots
SELECT
    hash(week, model, suite, suite_version, prompt, least(turn, 2)) AS cell,
    week, model, suite, suite_version,
    cast(split_part(suite_version, '.', 1) AS INTEGER) AS suite_major,
    prompt,
    least(turn, 2) AS turn
FROM slots
WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
GROUP BY ALL
