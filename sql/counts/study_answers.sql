-- Answers: how did the answers to each prompt of one study end?
-- Grain: model, condition, prompt.
-- Columns: those of answers. Studies do not say who refused: what has no picture and no label was not asked.
-- Depends on: study_slots, study_labels
WITH labeled AS (
    SELECT DISTINCT slot_key
    FROM study_labels
    WHERE study = $study
),

planned AS (
    SELECT *
    FROM study_slots
    WHERE study = $study
),

slots AS (
    SELECT
        planned.model, planned.condition, planned.prompt,
        planned.image_sha256 IS NOT NULL
        OR planned.status = 'unpublished'
        OR labeled.slot_key IS NOT NULL AS pictured
    FROM planned
    LEFT JOIN labeled USING (slot_key)
)

SELECT
    cast(NULL AS DATE) AS week,
    $study AS study,
    model,
    $study AS suite,
    1 AS suite_major,
    condition,
    1 AS turn,
    '' AS suite_version,
    prompt,
    cast(count(*) AS INTEGER) AS planned,
    cast(count(*) FILTER (WHERE pictured) AS INTEGER) AS pictures,
    0 AS refused,
    0 AS failed,
    cast(count(*) FILTER (WHERE NOT pictured) AS INTEGER) AS not_asked
FROM slots
GROUP BY ALL
ORDER BY ALL
