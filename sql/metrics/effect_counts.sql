-- Answers: how many pictures of the weeks from $first to $week were read as each value, in the cells of some
--   suites? Of earlier weeks only what is of the same series and was read by the same version of the labeler
--   as in the last; of weeks in which the model was withheld nothing, unless $withheld.
-- Grain: seat × week, in no order; only where there are pictures.
-- Columns: those; back: how many weeks before the last; pictures.
-- Depends on: scores, plans, withheld
-- Uses: effect_seats
WITH known AS (
    SELECT
        seats.seat, seats.cell, seen.week,
        cast(round(seen.estimate * seen.n) AS INTEGER) AS pictures
    FROM seen
    INNER JOIN seats
        ON
            seen.model = seats.model
            AND seen.series = seats.series
            AND seen.params_hash = seats.params_hash
            AND seen.suite = seats.suite
            AND seen.suite_major = seats.suite_major
            AND seen.prompt = seats.prompt
            AND seen.turn = seats.turn
            AND seen.attribute = seats.attribute
            AND seen.labeler_version IS NOT DISTINCT FROM seats.labeler_version
            AND seen.value_name = seats.value
    WHERE seen.metric = 'share' AND seats.in_support
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

counted AS (
    SELECT
        seat, week, pictures
    FROM known
    UNION ALL
    FROM unknown
)

SELECT
    seat,
    cast(date_diff('day', week, cast($week AS DATE)) // 7 AS INTEGER) AS back,
    cast(pictures AS INTEGER) AS pictures
FROM counted
WHERE pictures > 0
