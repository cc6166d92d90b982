-- Answers: How did the answers to each prompt end? Counted anew from slots and attempts, to be held
--   against `answers`: every number must be equal.
-- Grain: that of answers.
-- Columns: those of answers.
-- Depends on: slots, prompts, attempts, outcomes, study_slots, study_labels
-- Uses: answers_given
WITH
counted AS (
    SELECT
        CASE WHEN NOT is_study THEN cast(occasion AS DATE) END AS week,
        CASE WHEN is_study THEN occasion END AS study,
        model, suite, suite_major, condition, turn, suite_version, prompt,
        cast(count(*) AS INTEGER) AS planned,
        cast(count(*) FILTER (WHERE ended = 'pictures') AS INTEGER) AS pictures,
        cast(count(*) FILTER (WHERE ended = 'refused') AS INTEGER) AS refused,
        cast(count(*) FILTER (WHERE ended = 'failed') AS INTEGER) AS failed,
        cast(count(*) FILTER (WHERE ended = 'not_asked') AS INTEGER) AS not_asked
    FROM answers_given
    GROUP BY ALL
)

SELECT *
FROM counted
ORDER BY ALL
