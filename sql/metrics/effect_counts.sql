-- Answers: how many pictures of the weeks from $first to $week were read as each value, in the cells of some
--   suites? Of earlier weeks only what is of the same series and was read by the same version of the labeler
--   as in the last; of weeks in which the model was withheld nothing, unless $withheld.
-- Grain: seat × week, in no order; only where there are pictures.
-- Columns: those; back: how many weeks before the last; pictures.
-- Depends on: scores, plans, withheld
-- Uses: effect_seats
WITH known AS (
    SELECT
        seats.seat, seats.cell, scores.week,
        cast(round(scores.estimate * scores.n) AS INTEGER) AS pictures
    FROM scores
    ANTI JOIN hidden USING (week, model)
    INNER JOIN seats
        ON
            scores.model = seats.model
            AND scores.series = seats.series
            AND scores.params_hash = seats.params_hash
            AND scores.suite = seats.suite
            AND scores.suite_major = seats.suite_major
            AND scores.prompt = seats.prompt
            AND scores.turn = seats.turn
            AND scores.attribute = seats.attribute
            AND scores.labeler_version IS NOT DISTINCT FROM seats.labeler_version
            AND scores.value_name = seats.value
    WHERE
        scores.week BETWEEN cast($first AS DATE) AND cast($week AS DATE)
        AND scores.metric = 'share'
        AND seats.in_support
),

unknown AS (
    SELECT
        seats.seat, known.week,
        any_value(drawn.pictures) - coalesce(sum(known.pictures), 0) AS pictures
    FROM known
    INNER JOIN seats USING (cell)
    INNER JOIN drawn
        ON
            known.week = drawn.week
            AND seats.model = drawn.model
            AND seats.suite = drawn.suite
            AND seats.suite_major = drawn.suite_major
            AND seats.prompt = drawn.prompt
            AND seats.turn = drawn.turn
    WHERE NOT seats.in_support
    GROUP BY seats.seat, known.week
),

every AS (
    SELECT
        seat, week, pictures
    FROM known
    UNION ALL BY NAME
    FROM unknown
)

SELECT
    seat,
    cast(date_diff('day', week, cast($week AS DATE)) // 7 AS INTEGER) AS back,
    cast(pictures AS INTEGER) AS pictures
FROM every
WHERE pictures > 0
