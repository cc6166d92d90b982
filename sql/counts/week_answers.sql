-- Answers: how did the answers to each prompt of one partition end?
-- Grain: suite, suite_major, condition, turn, prompt.
-- Columns: those of answers. Later turns of a conversation are one answer: a picture if one of them is.
-- Depends on: ended (slot_outcomes of the partition, made by warehouse/loading/counts.py)
WITH units AS (
    SELECT
        suite, suite_major, condition, suite_version, prompt,
        least(turn, 2) AS turn,
        CASE WHEN turn > 1 THEN coalesce(conversation, slot_key) ELSE slot_key END AS unit,
        bool_or(is_picture) AS pictured,
        bool_or(is_refused) AS declined,
        bool_or(is_failed) AS broken
    FROM ended
    WHERE outcome <> 'not_needed'
    GROUP BY ALL
)

SELECT
    cast($week AS DATE) AS week,
    cast(NULL AS VARCHAR) AS study,
    $model AS model,
    suite, suite_major, condition, turn, suite_version, prompt,
    cast(count(*) AS INTEGER) AS planned,
    cast(count(*) FILTER (WHERE pictured) AS INTEGER) AS pictures,
    cast(count(*) FILTER (WHERE declined AND NOT pictured) AS INTEGER) AS refused,
    cast(count(*) FILTER (WHERE broken AND NOT declined AND NOT pictured) AS INTEGER) AS failed,
    cast(count(*) FILTER (WHERE NOT (broken OR declined OR pictured)) AS INTEGER) AS not_asked
FROM units
GROUP BY ALL
ORDER BY ALL
