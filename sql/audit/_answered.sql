-- Answers: How many answers has each prompt, refusals among them, and how many show no value? Steps of the
--   audit queries of changes, by a word and over weeks, after those of read_from_labels.
-- Grain: of answered: week, model, suite, suite_major, prompt, turn, attribute.
-- Columns: of answered: those, labeler_version; answers; unseen: of them, those that show no value.
-- Depends on: slots, prompts, attempts, outcomes
WITH
-- Uses: slot_answers

turned_down AS (
    SELECT
        week, model, suite, suite_major, prompt, turn,
        count(*) FILTER (WHERE outcome_group = 'refused') AS refused
    FROM slot_answers
    GROUP BY ALL
),

pictured AS (
    SELECT
        week, model, suite, suite_major, prompt, turn, attribute,
        count(*) AS pictures
    FROM readings
    GROUP BY ALL
),

answered AS (
    SELECT
        shown.week, shown.model, shown.suite, shown.suite_major, shown.prompt, shown.turn, shown.attribute,
        shown.labeler_version,
        coalesce(pictured.pictures, 0) + coalesce(turned_down.refused, 0) AS answers,
        coalesce(pictured.pictures, 0) + coalesce(turned_down.refused, 0) - shown.n AS unseen
    FROM (
        SELECT DISTINCT
            week, model, suite, suite_major, prompt, turn, attribute, labeler_version, n
        FROM counted
    ) AS shown
    LEFT JOIN pictured USING (week, model, suite, suite_major, prompt, turn, attribute)
    LEFT JOIN turned_down USING (week, model, suite, suite_major, prompt, turn)
)

SELECT * FROM answered
