-- Answers: which prompts are in each row of what the pages of studies show first, and do they ask for what is
--   counted?
-- Grain: study, position, prompt, condition.
-- Columns: prompt_title, text, subject: of the prompt; plainly: it is asked with nothing added; asks: its
--   text, or something else that the study says of it, names a gender or a value that is counted.
-- Depends on: study_attribute_values, study_shows, study_attributes, study_prompts, studies
-- Uses: audit/demographic_words
WITH
-- Uses: shown
genders AS (
    SELECT string_agg(alone, '|') AS any_of_them
    FROM vocabulary
    WHERE named IN ('feminine', 'masculine')
),

counted AS (
    SELECT
        study, attribute,
        string_agg(regexp_escape(lower(value)), '|') AS any_of_them
    FROM study_attribute_values
    WHERE in_support
    GROUP BY study, attribute
)

SELECT
    shown.study, shown.position, shown.shown_in, shown.prompt, shown.condition, plain.subject,
    plain.title AS prompt_title,
    plain.text,
    plain.asked_plainly AS plainly,
    regexp_matches(
        lower(concat_ws(' ', plain.text, plain.title, plain.subject, shown.shown_in)),
        '(^|\W)(' || concat_ws('|', genders.any_of_them, counted.any_of_them) || ')($|\W)'
    )
    OR coalesce(regexp_matches(lower(plain.facts), ':"(' || counted.any_of_them || ')"'), FALSE) AS asks
FROM shown
INNER JOIN plain USING (study, prompt, condition)
CROSS JOIN genders
LEFT JOIN counted ON shown.study = counted.study AND shown.attribute = counted.attribute
ORDER BY shown.study, shown.position, shown.shown_in, shown.prompt, shown.condition
