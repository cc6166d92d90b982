-- Answers: what do the numbers that labelers gave say, in each row of what the pages of studies show first?
-- Grain: study, position, labeler (NULL: mean of a picture's labelers, where there are several),
--   labeler_version, shown_in, model.
-- Columns: unit; n: pictures; median, mean.
-- Depends on: study_labels, study_slots, study_models, study_shows, study_attributes, study_prompts, studies
-- Uses: shown
WITH single AS (
    SELECT
        shown.study, shown.position, shown.title, shown.attribute, shown.grouped_by, shown.shown_in,
        slots.model, labels.slot_key, labels.labeler, labels.labeler_version, labels.labeler_kind,
        labels.number
    FROM shown
    INNER JOIN study_slots AS slots USING (study, prompt, condition)
    INNER JOIN study_labels AS labels USING (study, slot_key, attribute)
    WHERE labels.number IS NOT NULL AND labels.labeler_kind <> 'consensus'
),

together AS (
    SELECT
        study, position, title, attribute, grouped_by, shown_in, model, slot_key,
        NULL AS labeler,
        NULL AS labeler_version,
        if(bool_and(labeler_kind = 'person'), 'person', NULL) AS labeler_kind,
        avg(number) AS number
    FROM single
    GROUP BY ALL
),

several AS (
    SELECT
        study, position
    FROM single
    GROUP BY study, position
    HAVING count(DISTINCT concat_ws('@', labeler, labeler_version)) > 1
),

numbers AS (
    FROM single
    UNION ALL
    FROM together
    SEMI JOIN several ON together.study = several.study AND together.position = several.position
)

SELECT
    n.study, n.position, n.title, n.attribute, a.unit, n.grouped_by, n.shown_in, n.model,
    m.title AS model_title,
    n.labeler, n.labeler_kind, n.labeler_version,
    count(*) AS n,
    round(median(n.number), 9) AS median,
    round(avg(n.number), 9) AS mean
FROM numbers AS n
INNER JOIN study_attributes AS a USING (study, attribute)
INNER JOIN study_models AS m ON n.study = m.study AND n.model = m.model
GROUP BY ALL
ORDER BY n.study, n.position, n.labeler NULLS FIRST, n.labeler_version, n.shown_in, m.title, n.model
