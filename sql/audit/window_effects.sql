-- Answers: Does what one word changes in four weeks follow from the labels? Every published effect of a
--   window beside the same figure, counted anew from attempts, labels and reference shares, with what it
--   scatters from week to week; only which prompts make a pair is taken from `window_effects`.
-- Grain: that of window_effects.
-- Columns: those of window_effects that name the figure; published: window_effects.estimate; from_labels:
--   the same from labels, NULL where no pair has five pictures on both sides; pairs: of prompts that entered;
--   n_a, n_b: pictures in them; weeks: in which both sides were seen; scatter, scatter_freedom, quiet_weeks
--   as in window_effects.
-- Depends on: window_effects, attempts, outcomes, labels, slots, plans, prompts, prompt_attributes,
--   attribute_values, reference_values, clusters, withheld, drift_events
-- Uses: read_from_labels
WITH
pairs AS (
    SELECT DISTINCT
        week, model, series, params_hash, track, simulated, suite, suite_major, kind, a, b, attribute, scale,
        labeler_version,
        subject || ' ' || prompt_a || ' ' || prompt_b AS pair,
        unnest(['a', 'b']) AS side,
        unnest([prompt_a, prompt_b]) AS prompt,
        unnest([turn_a, turn_b]) AS turn
    FROM window_effects
    WHERE subject IS NOT NULL
),

hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

windows AS (
    SELECT
        pairs.week, pairs.model, pairs.series, pairs.params_hash, pairs.suite, pairs.suite_major, pairs.kind,
        pairs.a, pairs.b, pairs.attribute, pairs.labeler_version,
        max(greatest(coalesce(drift_events.changed_week, pairs.week - 77), pairs.week - 77)) AS quiet_from,
        hash(
            pairs.week, pairs.model, pairs.suite, pairs.suite_major, pairs.kind, pairs.a, pairs.b,
            pairs.attribute
        ) AS id,
        hash(
            pairs.week, pairs.track, pairs.simulated, pairs.suite, pairs.suite_major, pairs.kind, pairs.a,
            pairs.b, pairs.attribute, pairs.scale
        ) AS board
    FROM pairs
    INNER JOIN prompts USING (week, model, suite, suite_major, prompt)
    LEFT JOIN drift_events
        ON
            pairs.model = drift_events.model
            AND pairs.series = drift_events.series
            AND pairs.params_hash = drift_events.params_hash
            AND pairs.suite = drift_events.suite
            AND pairs.suite_major = drift_events.suite_major
            AND prompts.condition = drift_events.condition
            AND pairs.turn = drift_events.turn
            AND pairs.attribute = drift_events.attribute
            AND pairs.labeler_version = drift_events.labeler_version
            AND drift_events.metric = 'share'
            AND pairs.week >= drift_events.week
    GROUP BY ALL
),

-- only weeks in which both sides of a pair were seen
faced AS (
    SELECT
        windows.id, windows.week, pairs.model, pairs.suite, pairs.suite_major, pairs.attribute, pairs.pair,
        pairs.side, pairs.prompt, pairs.turn,
        hash(windows.id, counted.condition, pairs.turn) AS alike,
        counted.week AS seen,
        counted.value, counted.x, counted.n,
        counted.week >= greatest(windows.week - 21, windows.quiet_from) AS pooled
    FROM pairs
    INNER JOIN windows
        USING (
            week, model, series, params_hash, suite, suite_major, kind, a, b, attribute, labeler_version
        )
    INNER JOIN counted
        ON
            pairs.model = counted.model
            AND pairs.suite = counted.suite
            AND pairs.suite_major = counted.suite_major
            AND pairs.prompt = counted.prompt
            AND pairs.turn = counted.turn
            AND pairs.attribute = counted.attribute
            AND pairs.labeler_version = counted.labeler_version
            AND windows.quiet_from <= counted.week
            AND windows.week >= counted.week
    INNER JOIN plans
        ON
            counted.week = plans.week
            AND counted.model = plans.model
            AND pairs.series = plans.series
            AND pairs.params_hash = plans.params_hash
    LEFT JOIN hidden ON counted.week = hidden.week AND counted.model = hidden.model
    WHERE counted.n > 0 AND hidden.model IS NULL
    QUALIFY
        min(pairs.side) OVER (PARTITION BY windows.id, pairs.pair, counted.week)
        < max(pairs.side) OVER (PARTITION BY windows.id, pairs.pair, counted.week)
),

drawn_together AS (
    SELECT DISTINCT model FROM clusters
),

-- of the weeks that enter; the prompts of a condition and turn are alike in the same way
cluster_values AS ( -- noqa: ST03
    SELECT
        faced.alike AS id,
        faced.side || ' ' || faced.pair AS prompt,
        readings.week, readings.value,
        coalesce(clusters.cluster, readings.slot_key) AS cluster,
        count(*) AS x
    FROM faced
    SEMI JOIN drawn_together ON faced.model = drawn_together.model
    INNER JOIN readings
        ON
            faced.seen = readings.week
            AND faced.model = readings.model
            AND faced.suite = readings.suite
            AND faced.suite_major = readings.suite_major
            AND faced.prompt = readings.prompt
            AND faced.turn = readings.turn
            AND faced.attribute = readings.attribute
            AND faced.value = readings.value
    LEFT JOIN clusters
        ON
            readings.week = clusters.week
            AND readings.model = clusters.model
            AND readings.slot_key = clusters.slot_key
    WHERE faced.pooled
    GROUP BY ALL
),

-- Uses: design_effects

-- a row for the prompt wins over one for every prompt
expected AS (
    SELECT DISTINCT
        faced.id, faced.pair, faced.side, shares.reference, shares.value, shares.expected_share AS q
    FROM (
        SELECT DISTINCT
            id, week, model, suite, suite_major, attribute, pair, side, prompt
        FROM faced
    ) AS faced
    INNER JOIN reference_values AS shares
        ON
            faced.week = shares.week
            AND faced.model = shares.model
            AND faced.suite = shares.suite
            AND faced.suite_major = shares.suite_major
            AND faced.attribute = shares.attribute
            AND coalesce(shares.prompt, faced.prompt) = faced.prompt
    QUALIFY
        rank() OVER (
            PARTITION BY faced.id, faced.pair, faced.side, shares.reference
            ORDER BY CASE WHEN shares.prompt IS NULL THEN 2 ELSE 1 END
        ) = 1
),

measured_sides AS (
    SELECT
        id, pair, side,
        '' AS standard,
        value,
        cast(NULL AS DOUBLE) AS q,
        alike, seen, pooled, x, n
    FROM faced
    UNION ALL
    SELECT
        faced.id, faced.pair, faced.side, expected.reference AS standard, faced.value, expected.q,
        faced.alike, faced.seen, faced.pooled, faced.x,
        sum(faced.x)
            OVER (PARTITION BY faced.id, expected.reference, faced.pair, faced.side, faced.seen)
            AS n
    FROM faced
    INNER JOIN expected USING (id, pair, side, value)
),

-- the two sides of a pair are not assumed to move together; of pictures that were drawn together, the
-- independent ones that they are worth
shown AS (
    SELECT
        measured_sides.* EXCLUDE (x, n),
        measured_sides.n AS counted,
        measured_sides.side || ' ' || measured_sides.standard AS reference,
        measured_sides.side || ' ' || measured_sides.pair AS prompt,
        measured_sides.x / coalesce(designs.effect, 1) AS x,
        measured_sides.n / coalesce(designs.effect, 1) AS n
    FROM measured_sides
    LEFT JOIN designs
        ON
            measured_sides.alike = designs.id
            AND measured_sides.side || ' ' || measured_sides.pair = designs.prompt
),

sides AS (
    SELECT
        id, pair, side, standard, reference, prompt, value, q,
        CASE side WHEN 'a' THEN -1 ELSE 1 END AS sign,
        coalesce(sum(x) FILTER (WHERE pooled), 0) AS x,
        coalesce(sum(n) FILTER (WHERE pooled), 0) AS n,
        sum(counted) FILTER (WHERE pooled) AS counted,
        sum(x) / nullif(sum(n), 0) AS p,
        sum(n) AS total
    FROM shown
    GROUP BY ALL
    HAVING coalesce(sum(counted) FILTER (WHERE pooled), 0) >= 5 AND sum(n) FILTER (WHERE pooled) >= 2
),

entered AS (
    SELECT
        *,
        unnest([pair, '']) AS level
    FROM (
        SELECT *
        FROM sides
        QUALIFY
            min(side) OVER (PARTITION BY id, standard, pair)
            < max(side) OVER (PARTITION BY id, standard, pair)
    ) AS both_sides
),

named AS (
    SELECT
        id,
        'share' AS metric,
        reference AS source,
        '' AS reference,
        value AS value_name,
        level, prompt, value, x, n, p, total,
        sign / count(*) OVER (PARTITION BY id, level, value, side) AS gradient
    FROM entered
    WHERE standard = ''
    UNION ALL
    SELECT
        id,
        'squares' AS metric,
        reference AS source,
        standard AS reference,
        '' AS value_name,
        level, prompt, value, x, n, p, total,
        sign * (x / n - q) / count(DISTINCT pair) OVER (PARTITION BY id, standard, level) AS gradient
    FROM entered
    WHERE standard <> ''
),

entries AS (
    SELECT
        *,
        hash(id, metric, reference, value_name, level) AS figure
    FROM named
),

-- Uses: window_scatter

spans AS (
    SELECT
        entries.figure,
        count(DISTINCT shown.seen) AS seen_weeks
    FROM entries
    INNER JOIN shown
        ON
            entries.id = shown.id
            AND entries.source = shown.reference
            AND entries.prompt = shown.prompt
    WHERE shown.pooled AND shown.n > 0
    GROUP BY entries.figure
),

cell_squares AS (
    SELECT
        id, standard, level, pair, sign,
        (
            sum(x * (x - 1)) / (any_value(n) * (any_value(n) - 1))
            - 2 * sum(x * q) / any_value(n) + sum(q * q)
        ) / 2 AS d
    FROM entered
    WHERE standard <> ''
    GROUP BY id, standard, level, pair, sign
),

squares AS (
    SELECT
        id,
        standard AS reference,
        level,
        sum(sign * d) / count(DISTINCT pair) AS change
    FROM cell_squares
    GROUP BY id, standard, level
),

-- pictures of the pairs that entered
sizes_of AS (
    SELECT
        id,
        standard AS reference,
        level,
        count(DISTINCT pair) AS pairs,
        sum(counted) FILTER (WHERE side = 'a') AS n_a,
        sum(counted) FILTER (WHERE side = 'b') AS n_b
    FROM (SELECT DISTINCT id, standard, level, pair, side, counted FROM entered) AS alone
    GROUP BY ALL
),

told AS (
    SELECT
        freed.id, freed.metric, freed.reference, freed.value_name, freed.level, sizes_of.pairs, sizes_of.n_a,
        sizes_of.n_b,
        CASE freed.metric WHEN 'squares' THEN squares.change ELSE freed.linear END AS change,
        spans.seen_weeks, freed.scatter, freed.scatter_freedom, freed.quiet_weeks
    FROM freed
    INNER JOIN spans USING (figure)
    INNER JOIN sizes_of
        ON freed.id = sizes_of.id AND freed.reference = sizes_of.reference AND freed.level = sizes_of.level
    LEFT JOIN squares
        ON freed.id = squares.id AND freed.reference = squares.reference AND freed.level = squares.level
)

SELECT
    effects.week, effects.model, effects.suite, effects.suite_major, effects.kind, effects.a, effects.b,
    effects.subject, effects.attribute, effects.reference, effects.metric, effects.value_name,
    effects.estimate AS published,
    told.change AS from_labels,
    coalesce(told.pairs, 0) AS pairs,
    told.n_a, told.n_b,
    told.seen_weeks AS weeks,
    sqrt(told.scatter) AS scatter,
    told.scatter_freedom,
    told.quiet_weeks
FROM window_effects AS effects
LEFT JOIN windows USING (week, model, suite, suite_major, kind, a, b, attribute)
LEFT JOIN told
    ON
        windows.id = told.id
        AND (
            effects.metric = told.metric
            OR (effects.metric = 'distance2' AND told.metric = 'squares')
        )
        AND coalesce(effects.reference, '') = told.reference
        AND coalesce(effects.value_name, '') = told.value_name
        AND coalesce(effects.subject || ' ' || effects.prompt_a || ' ' || effects.prompt_b, '') = told.level
ORDER BY ALL
