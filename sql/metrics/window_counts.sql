-- Answers: how many pictures showed each value in each of the weeks that end with a week? Of the same series,
--   read by the same version of the labeler; of weeks in which the model was withheld nothing.
-- Grain: seat × week, in no order; only where something was assessed.
-- Columns: those; back: how many weeks before the last; pictures.
-- Depends on: plan_scores, plans, prompts, prompt_attributes, attribute_values, withheld
-- Uses: window_seats
WITH hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
)

SELECT
    seats.seat,
    cast(date_diff('day', scores.week, cast($week AS DATE)) // 7 AS INTEGER) AS back,
    cast(round(scores.estimate * scores.n) AS INTEGER) AS pictures
FROM plan_scores AS scores
INNER JOIN seats
    ON
        scores.model = seats.model
        AND scores.series = seats.series
        AND scores.params_hash = seats.params_hash
        AND scores.suite = seats.suite
        AND scores.suite_major = seats.suite_major
        AND scores.condition = seats.condition
        AND scores.turn = seats.turn
        AND scores.attribute = seats.attribute
        AND scores.labeler_version = seats.labeler_version
        AND scores.prompt = seats.prompt
        AND scores.value_name = seats.value
LEFT JOIN hidden
    ON scores.week = hidden.week AND scores.model = hidden.model
WHERE
    scores.metric = 'share'
    AND scores.n > 0
    AND scores.week BETWEEN cast($first AS DATE) AND cast($week AS DATE)
    AND hidden.model IS NULL
