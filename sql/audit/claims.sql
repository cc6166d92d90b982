-- Answers: What share of each model's pictures of four weeks shows what was reported in 2023? Recomputed from
--   attempts and labels alone, to be held against `claims` (which says what is counted in which pictures).
-- Grain: that of claims.
-- Columns: those of claims that name the row; share, low and high as published; n pictures in which every
--   part could be assessed; k that show all parts; from_labels, from_labels_low and from_labels_high: k / n
--   with its 99 % Wilson interval; verdict as published: that of the last block of four weeks.
-- Depends on: claims, withheld, slots, prompts, prompt_attributes, attribute_values, plans, attempts,
--   outcomes, labels
-- Uses: read_from_labels
WITH
wanted AS (
    SELECT
        week, model, series, params_hash, claim, part,
        week - 7 * (window_weeks - 1) AS first_week,
        string_split(prompts, ',') AS counted,
        string_split(suite_majors, ',') AS majors,
        unnest(string_split(shows, ',')) AS shown
    FROM claims
),

pictures AS (
    SELECT
        wanted.week, wanted.model, wanted.claim, wanted.part, readings.slot_key,
        bool_and(coalesce(declared.in_support, FALSE)) AS assessed,
        bool_and(
            coalesce(
                list_contains(string_split(split_part(wanted.shown, '=', 2), '|'), readings.value), FALSE
            )
        ) AS shows
    FROM wanted
    INNER JOIN readings
        ON
            wanted.model = readings.model
            AND list_contains(wanted.majors, cast(readings.suite_major AS VARCHAR))
            AND wanted.first_week <= readings.week
            AND wanted.week >= readings.week
            AND split_part(wanted.shown, '=', 1) = readings.attribute
            AND list_contains(wanted.counted, readings.prompt)
    INNER JOIN slots
        ON
            readings.week = slots.week
            AND readings.model = slots.model
            AND readings.slot_key = slots.slot_key
            -- of a conversation what came after its first turn
            AND (slots.conversation IS NULL OR slots.turn > 1)
    LEFT JOIN declared
        ON
            readings.week = declared.week
            AND readings.model = declared.model
            AND readings.suite = declared.suite
            AND readings.suite_major = declared.suite_major
            AND readings.attribute = declared.attribute
            AND readings.value = declared.value
    INNER JOIN plans
        ON
            readings.week = plans.week
            AND readings.model = plans.model
            AND wanted.series = plans.series
            AND wanted.params_hash = plans.params_hash
    LEFT JOIN withheld ON readings.week = withheld.week AND readings.model = withheld.model
    WHERE withheld.model IS NULL
    GROUP BY wanted.week, wanted.model, wanted.claim, wanted.part, readings.slot_key
),

found AS (
    SELECT
        week, model, claim, part,
        2.5758293035489e0 AS z,
        count(*) FILTER (WHERE assessed) AS n,
        count(*) FILTER (WHERE assessed AND shows) AS k
    FROM pictures
    GROUP BY week, model, claim, part
)

SELECT
    claims.week, claims.model, claims.claim, claims.part, claims.threshold, claims.share, claims.low,
    claims.high,
    coalesce(found.n, 0) AS n,
    coalesce(found.k, 0) AS k,
    found.k / nullif(found.n, 0) AS from_labels,
    CASE
        WHEN found.k = 0 THEN 0
        ELSE (
            found.k + found.z ^ 2 / 2
            - found.z * sqrt(found.k * (found.n - found.k) / nullif(found.n, 0) + found.z ^ 2 / 4)
        ) / nullif(found.n + found.z ^ 2, 0)
    END AS from_labels_low,
    CASE
        WHEN found.k = found.n THEN 1
        ELSE (
            found.k + found.z ^ 2 / 2
            + found.z * sqrt(found.k * (found.n - found.k) / nullif(found.n, 0) + found.z ^ 2 / 4)
        ) / nullif(found.n + found.z ^ 2, 0)
    END AS from_labels_high,
    claims.verdict
FROM claims
LEFT JOIN found USING (week, model, claim, part)
ORDER BY claims.week, claims.model, claims.claim, claims.part
