-- Answers: which pictures of each model's latest published week with pictures, of some weeks, does the page
--   show?
-- Grain: one row per picture, at most $pictures for each model, no two with equal bytes.
-- Columns: `readings` is a list of {attribute, value} as the edition's labeler saw them.
-- Weeks: own
-- Depends on: slot_outcomes, withheld, prompts, images, attempts, labels, cell_counts
WITH latest AS (
    SELECT
        o.model,
        max(o.week) AS week
    FROM slot_outcomes AS o
    ANTI JOIN withheld USING (week, model)
    WHERE o.outcome = 'ok'
    GROUP BY o.model
),

candidates AS (
    SELECT
        o.week, o.model, o.simulated, o.suite, o.prompt, o.slot_key,
        o.image_sha256,
        o.image_ext,
        row_number() OVER (PARTITION BY o.model, o.image_sha256 ORDER BY md5(o.slot_key)) AS copy
    FROM slot_outcomes AS o
    INNER JOIN latest USING (model, week)
    WHERE o.outcome = 'ok' AND o.image_sha256 IS NOT NULL
),

spread AS (
    -- A slot's key is a hash of its week, model and prompt: ordering by a digest of it draws anew every week.
    SELECT
        *,
        row_number() OVER (PARTITION BY model, prompt ORDER BY md5('picture' || slot_key)) AS turn_of_prompt
    FROM candidates
    WHERE copy = 1
),

chosen AS (
    SELECT *
    FROM spread
    QUALIFY
        row_number() OVER (PARTITION BY model ORDER BY turn_of_prompt, md5('prompt' || slot_key)) <= $pictures
),

labelers AS (
    SELECT DISTINCT
        week, model, suite, attribute, labeler, labeler_version
    FROM cell_counts
),

readings AS (
    SELECT
        c.model, c.slot_key,
        list({ 'attribute': b.attribute, 'value': b.value } ORDER BY b.attribute) AS readings
    FROM chosen AS c
    INNER JOIN labels AS b USING (week, model, slot_key)
    INNER JOIN labelers AS l
        ON
            b.week = l.week AND b.model = l.model AND c.suite = l.suite AND b.attribute = l.attribute
            AND b.labeler = l.labeler AND b.labeler_version = l.labeler_version
    GROUP BY c.model, c.slot_key
),

rewritten AS (
    SELECT
        c.model, c.slot_key,
        max(a.revised_prompt) AS revised_prompt
    FROM chosen AS c
    INNER JOIN attempts AS a USING (week, model, slot_key)
    WHERE a.outcome = 'ok'
    GROUP BY c.model, c.slot_key
)

SELECT
    c.week, c.model, c.simulated, c.prompt, p.text,
    c.image_sha256,
    c.image_ext, i.image_width, i.image_height, w.revised_prompt, r.readings
FROM chosen AS c
INNER JOIN images AS i USING (week, model, slot_key)
INNER JOIN prompts AS p USING (week, model, prompt)
LEFT JOIN readings AS r USING (model, slot_key)
LEFT JOIN rewritten AS w USING (model, slot_key)
ORDER BY c.model, c.turn_of_prompt, md5('prompt' || c.slot_key)
