-- Answers: in which cells do the counted outcomes not add up to the planned slots, or ok slots to pictures?
-- Grain: model, suite, suite_version, prompt, turn; one more row for a plan without any slot.
-- Columns:
--   planned: different slots of the cell
--   counted: slots with a declared outcome or not attempted, as the published view counts them
--   ok: slots that ended ok
--   pictures: pictures of the cell's slots
--   problem: the same in words
-- Depends on: plans, slots, images, slot_outcomes.
-- Severity: critical
-- Stages: images, publish
-- Rule: In every cell: planned slots = ok + each other outcome + not attempted, and ok slots = pictures.
WITH planned AS (
    SELECT
        model, suite, suite_version, prompt, turn,
        count(DISTINCT slot_key) AS planned
    FROM slots
    WHERE
        week = $week
        AND ($model IS NULL OR model = $model)
    GROUP BY model, suite, suite_version, prompt, turn
),

counted AS (
    SELECT
        model, suite, suite_version, prompt, turn,
        count(*) FILTER (WHERE outcome_group <> 'unknown') AS counted,
        count(*) FILTER (WHERE outcome = 'ok') AS ok
    FROM slot_outcomes
    WHERE
        week = $week
        AND ($model IS NULL OR model = $model)
    GROUP BY model, suite, suite_version, prompt, turn
),

pictures AS (
    SELECT
        slots.model, slots.suite, slots.suite_version, slots.prompt, slots.turn,
        count(*) AS pictures
    FROM images
    INNER JOIN slots USING (week, model, slot_key)
    WHERE
        images.week = $week
        AND ($model IS NULL OR images.model = $model)
    GROUP BY slots.model, slots.suite, slots.suite_version, slots.prompt, slots.turn
),

cells AS (
    SELECT
        planned.model, planned.suite, planned.suite_version, planned.prompt, planned.turn, planned.planned,
        coalesce(counted.counted, 0) AS counted,
        coalesce(counted.ok, 0) AS ok,
        coalesce(pictures.pictures, 0) AS pictures
    FROM planned
    LEFT JOIN counted USING (model, suite, suite_version, prompt, turn)
    LEFT JOIN pictures USING (model, suite, suite_version, prompt, turn)
    UNION ALL BY NAME
    SELECT
        plans.model,
        0 AS planned,
        0 AS counted,
        0 AS ok,
        0 AS pictures
    FROM plans
    ANTI JOIN planned USING (model)
    WHERE
        plans.week = $week
        AND ($model IS NULL OR plans.model = $model)
)

SELECT
    *,
    CASE
        WHEN planned = 0 THEN 'its plan has no slots'
        WHEN planned <> counted
            THEN concat(prompt, ': ', planned, ' slots planned, ', counted, ' counted by outcome')
        ELSE concat(prompt, ': ', ok, ' slots ended ok, ', pictures, ' pictures')
    END AS problem
FROM cells
WHERE planned = 0 OR planned <> counted OR ok <> pictures
ORDER BY model, suite, suite_version, prompt, turn
