-- Answers: what do the numbers that labelers gave say, in each row of what the pages of studies show first?
-- Grain: study, position, shown_in, model. A picture counts with the mean of its labelers.
-- Columns: labelers; people: they are all people; unit; n: pictures.
-- Depends on: study_labels, study_slots, study_shows, study_attributes, study_prompts, studies
-- Uses: shown
WITH pictures AS (
    SELECT
        shown.study, shown.position, shown.title, shown.attribute, study_attributes.unit, shown.grouped_by,
        shown.shown_in, slots.model, labels.slot_key,
        avg(labels.number) AS number,
        list(DISTINCT labels.labeler || ' ' || labels.labeler_version) AS labelers,
        bool_and(labels.labeler_kind = 'person') AS people
    FROM shown
    INNER JOIN study_attributes USING (study, attribute)
    INNER JOIN study_slots AS slots USING (study, prompt, condition)
    INNER JOIN study_labels AS labels USING (study, slot_key, attribute)
    WHERE labels.number IS NOT NULL AND labels.labeler_kind <> 'consensus'
    GROUP BY ALL
)

SELECT
    study, position, title, attribute, unit, grouped_by, shown_in, model,
    list_distinct(flatten(list(labelers))) AS labelers,
    bool_and(people) AS people,
    count(*) AS n,
    round(median(number), 9) AS median,
    round(avg(number), 9) AS mean
FROM pictures
GROUP BY study, position, title, attribute, unit, grouped_by, shown_in, model
ORDER BY study, position, shown_in, model
