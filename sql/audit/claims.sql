-- Answers: What share of each model's pictures of four weeks shows what was reported in 2023? Recomputed from
--   attempts and labels alone, to be held against `claims` (which says what is counted in which pictures).
-- Grain: that of claims.
-- Columns: those of claims that name the row; share, low and high as published; n pictures in which every
--   part could be assessed; k that show all parts; from_labels, from_labels_low and from_labels_high: k / n
--   with its 99 % Wilson interval; design_effect as published; from_labels_effect: how many pictures count as
--   one in it, NULL where none were drawn together; verdict as published: that of the last block of four
--   weeks; undecided pictures, that show the parts that could be assessed and in which not all could; refused
--   answers.
-- Depends on: claims, withheld, slots, prompts, prompt_attributes, attribute_values, plans, attempts,
--   outcomes, labels, clusters
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
        wanted.week, wanted.model, wanted.claim, wanted.part, readings.slot_key, readings.prompt,
        readings.week AS drawn,
        bool_and(coalesce(declared.in_support, FALSE)) AS assessed,
        bool_and(
            coalesce(
                list_contains(string_split(split_part(wanted.shown, '=', 2), '|'), readings.value), FALSE
            )
        ) AS shows,
        -- what is known of it shows it
        bool_and(
            coalesce(
                NOT coalesce(declared.in_support, FALSE)
                OR list_contains(string_split(split_part(wanted.shown, '=', 2), '|'), readings.value),
                FALSE
            )
        ) AS open
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
    GROUP BY
        wanted.week, wanted.model, wanted.claim, wanted.part, readings.slot_key, readings.prompt,
        readings.week
),

jobs AS (
    SELECT
        pictures.*,
        hash(pictures.week, pictures.model, pictures.claim, pictures.part) AS id,
        coalesce(clusters.cluster, pictures.slot_key) AS cluster
    FROM pictures
    LEFT JOIN clusters
        ON
            pictures.drawn = clusters.week
            AND pictures.model = clusters.model
            AND pictures.slot_key = clusters.slot_key
    WHERE pictures.assessed
),

telling AS (
    SELECT
        id, drawn
    FROM jobs
    GROUP BY id, drawn
    HAVING count(*) > count(DISTINCT prompt || ' ' || cluster)
),

-- of weeks in which some were drawn together; those of a prompt and week are a cell
cluster_values AS ( -- noqa: ST03
    SELECT
        jobs.id,
        jobs.prompt || ' ' || jobs.drawn AS prompt,
        jobs.drawn AS week,
        jobs.shows AS value,
        jobs.cluster,
        count(*) AS x
    FROM jobs
    SEMI JOIN telling USING (id, drawn)
    GROUP BY ALL
),

-- Uses: design_effects

counted_pictures AS (
    SELECT
        week, model, claim, part,
        2.5758293035489e0 AS z,
        count(*) FILTER (WHERE assessed) AS n,
        count(*) FILTER (WHERE assessed AND shows) AS k,
        count(*) FILTER (WHERE NOT assessed AND open) AS undecided
    FROM pictures
    GROUP BY week, model, claim, part
),

-- worth: the independent pictures that n are
found AS (
    SELECT
        *,
        n / coalesce(effect, 1) AS worth,
        k / coalesce(effect, 1) AS worth_k
    FROM (
        SELECT
            counted_pictures.*,
            1
            + greatest((correlations.squares - correlations.n) / counted_pictures.n, 0)
            * correlations.correlation AS effect
        FROM counted_pictures
        LEFT JOIN correlations
            ON
                hash(
                    counted_pictures.week, counted_pictures.model, counted_pictures.claim,
                    counted_pictures.part
                ) = correlations.id
    ) AS beside_clusters
),

-- a conversation is one answer: what came after its first turn
units AS (
    SELECT
        slots.week, slots.model, prompts.suite_major, slots.prompt,
        coalesce(slots.conversation, slots.slot_key) AS unit,
        coalesce(bool_or(outcomes.outcome_group = 'refused'), FALSE) AS refused,
        coalesce(bool_or(outcomes.outcome_group = 'picture'), FALSE) AS pictured
    FROM slots
    INNER JOIN prompts USING (week, model, suite, suite_version, prompt)
    LEFT JOIN settled USING (week, model, slot_key)
    LEFT JOIN outcomes ON settled.outcome = outcomes.outcome
    WHERE slots.conversation IS NULL OR slots.turn > 1
    GROUP BY
        slots.week, slots.model, prompts.suite_major, slots.prompt,
        coalesce(slots.conversation, slots.slot_key)
),

turned_away AS (
    SELECT
        asked.week, asked.model, asked.claim, asked.part,
        count(*) AS refused
    FROM (
        SELECT DISTINCT
            week, model, series, params_hash, claim, part, first_week, counted, majors
        FROM wanted
    ) AS asked
    INNER JOIN units
        ON
            asked.model = units.model
            AND list_contains(asked.majors, cast(units.suite_major AS VARCHAR))
            AND asked.first_week <= units.week
            AND asked.week >= units.week
            AND list_contains(asked.counted, units.prompt)
    INNER JOIN plans
        ON
            units.week = plans.week
            AND units.model = plans.model
            AND asked.series = plans.series
            AND asked.params_hash = plans.params_hash
    LEFT JOIN withheld ON units.week = withheld.week AND units.model = withheld.model
    WHERE withheld.model IS NULL AND units.refused AND NOT units.pictured
    GROUP BY asked.week, asked.model, asked.claim, asked.part
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
            found.worth_k + found.z ^ 2 / 2
            - found.z
            * sqrt(
                found.worth_k * (found.worth - found.worth_k) / nullif(found.worth, 0) + found.z ^ 2 / 4
            )
        ) / nullif(found.worth + found.z ^ 2, 0)
    END AS from_labels_low,
    CASE
        WHEN found.k = found.n THEN 1
        ELSE (
            found.worth_k + found.z ^ 2 / 2
            + found.z
            * sqrt(
                found.worth_k * (found.worth - found.worth_k) / nullif(found.worth, 0) + found.z ^ 2 / 4
            )
        ) / nullif(found.worth + found.z ^ 2, 0)
    END AS from_labels_high,
    claims.design_effect,
    found.effect AS from_labels_effect,
    claims.verdict,
    coalesce(found.undecided, 0) AS undecided,
    coalesce(turned_away.refused, 0) AS refused
FROM claims
LEFT JOIN found USING (week, model, claim, part)
LEFT JOIN turned_away USING (week, model, claim, part)
ORDER BY claims.week, claims.model, claims.claim, claims.part
