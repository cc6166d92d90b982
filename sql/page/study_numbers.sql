-- Answers: what do the numbers that labelers gave say, in each row of what the pages of studies show first?
-- Grain: study, position, shown_in, model. A picture counts with the mean of its labelers.
-- Columns: labelers; people: they are all people; unit; n: pictures.
-- Depends on: study_labels, study_slots, study_models, study_shows, study_attributes, study_prompts, studies
-- Uses: shown
WITH pictures AS (
    SELECT
        shown.study, shown.position, shown.title, shown.attribute, shown.grouped_by, shown.shown_in,
        slots.model, labels.slot_key,
        avg(labels.number) AS number,
        list(DISTINCT labels.labeler || ' ' || labels.labeler_version) AS labelers,
        bool_and(labels.labeler_kind = 'person') AS people
    FROM shown
    INNER JOIN study_slots AS slots USING (study, prompt, condition)
    INNER JOIN study_labels AS labels USING (study, slot_key, attribute)
    WHERE labels.number IS NOT NULL AND labels.labeler_kind <> 'consensus'
    GROUP BY ALL
)

SELECT
    p.study, p.position, p.title, p.attribute, a.unit, p.grouped_by, p.shown_in, p.model,
    m.title AS model_title,
    list_distinct(flatten(list(p.labelers))) AS labelers,
    bool_and(p.people) AS people,
    count(*) AS n,
    round(median(p.number), 9) AS median,
    round(avg(p.number), 9) AS mean
FROM pictures AS p
INNER JOIN study_attributes AS a USING (study, attribute)
INNER JOIN study_models AS m ON p.study = m.study AND p.model = m.model
GROUP BY p.study, p.position, p.title, p.attribute, a.unit, p.grouped_by, p.shown_in, p.model, m.title
ORDER BY p.study, p.position, p.shown_in, m.title, p.model
