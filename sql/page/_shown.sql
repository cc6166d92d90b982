-- Answers: which prompts of a study are in which row of what its page shows first? Where its file declares
--   nothing, a row for each subject, or for each prompt where none has one, as asked with nothing added.
-- Grain: study, position, prompt, condition.
-- Columns: those of study_shows.
-- Depends on: study_shows, study_attributes, study_prompts, studies
WITH plain AS (
    SELECT
        p.*,
        p.condition = coalesce(
            s.baseline,
            min(p.condition) FILTER (WHERE p.condition = 'baseline') OVER of_study,
            min(p.condition) OVER of_study
        ) AS asked_plainly,
        bool_or(NOT starts_with(p.subject, 'prompt:')) OVER of_study AS has_subjects
    FROM study_prompts AS p
    INNER JOIN studies AS s USING (study)
    WINDOW of_study AS (PARTITION BY p.study)
),

shown AS (
    SELECT
        study, position, title, attribute, value, grouped_by, prompt, condition, shown_in
    FROM study_shows
    UNION ALL
    SELECT
        plain.study, looked.position, NULL AS title, looked.attribute, NULL AS value,
        if(plain.has_subjects, 'subject', 'prompt') AS grouped_by,
        plain.prompt,
        plain.condition,
        if(plain.has_subjects, plain.subject, plain.prompt) AS shown_in
    FROM study_attributes AS looked
    INNER JOIN plain USING (study)
    ANTI JOIN study_shows ON looked.study = study_shows.study
    WHERE plain.asked_plainly
)

SELECT *
FROM shown
