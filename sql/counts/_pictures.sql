-- Answers: which pictures of one partition are counted, and by whom were they read? First steps of the
--   statements that name this text under "Uses".
-- Grain: pictures: slot (of a conversation's later turns the first with a picture); read: slot × attribute ×
--   labeler version; planned: one row.
-- Columns: pictures: keys of the cell; read: value as labeled; planned: labeler of the plan, and of its
--   versions the one with the highest number that read anything, empty if none did.
-- Depends on: ended (slot_outcomes of the partition, made by warehouse/loading/counts.py), plans, labels
WITH pictures AS (
    SELECT
        suite, suite_version, suite_major, prompt, condition, slot_key,
        least(turn, 2) AS turn
    FROM (
        SELECT
            *,
            CASE WHEN turn > 1 THEN coalesce(conversation, slot_key) ELSE slot_key END AS unit,
            turn AS nth
        FROM ended
        WHERE is_picture
    ) AS drawn
    QUALIFY row_number() OVER (PARTITION BY unit, nth > 1 ORDER BY nth, slot_key) = 1
),

read AS (
    SELECT
        slot_key, attribute, labeler, labeler_version, value
    FROM labels
    WHERE week = cast($week AS DATE) AND model = $model
),

planned AS (
    SELECT
        plans.labeler,
        coalesce(
            arg_max(
                read.labeler_version,
                (
                    coalesce(try_cast(split_part(read.labeler_version, '-', 1) AS INTEGER), -1),
                    read.labeler_version
                )
            ),
            ''
        ) AS labeler_version
    FROM plans
    LEFT JOIN read USING (labeler)
    WHERE plans.week = cast($week AS DATE) AND plans.model = $model
    GROUP BY plans.labeler
)

SELECT
    pictures.slot_key, planned.labeler
FROM pictures
CROSS JOIN planned
