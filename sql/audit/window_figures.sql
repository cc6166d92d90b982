-- Answers: What do the pictures of four weeks say of each model, and how much does it scatter from week to
--   week? Recomputed from attempts and labels alone, to be held against `window_scores`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn, attribute,
--   reference, scale, metric, value_name.
-- Columns: those of window_scores; metric is share, distance2, or stereotype_share and stereotype_others
--   (over all pairs); first_week as far as an opened change moves it; low and high of shares alone.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, reference_values, stereotype_pairs,
--   yardsticks, plans, attempts, outcomes, labels, withheld, drift_events
-- Uses: read_from_labels
WITH hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

here AS (
    SELECT DISTINCT
        cells.week, cells.model, plans.series, plans.params_hash, plans.track, plans.simulated, cells.suite,
        cells.suite_major, cells.condition, cells.turn, cells.attribute, cells.scale, cells.labeler_version
    FROM cells
    INNER JOIN plans USING (week, model)
    ANTI JOIN hidden USING (week, model)
    WHERE cells.standing
),

begun AS (
    SELECT
        here.*,
        max(greatest(coalesce(drift_events.changed_week, here.week - 77), here.week - 77)) AS quiet_from
    FROM here
    LEFT JOIN drift_events
        ON
            here.model = drift_events.model
            AND here.series = drift_events.series
            AND here.params_hash = drift_events.params_hash
            AND here.suite = drift_events.suite
            AND here.suite_major = drift_events.suite_major
            AND here.condition = drift_events.condition
            AND here.turn = drift_events.turn
            AND here.attribute = drift_events.attribute
            AND here.labeler_version = drift_events.labeler_version
            AND drift_events.metric = 'share'
            AND here.week >= drift_events.week
    GROUP BY ALL
),

windows AS (
    SELECT
        *,
        greatest(week - 21, quiet_from) AS first_week,
        hash(week, model, suite, suite_major, condition, turn, attribute, scale) AS id,
        hash(week, track, simulated, suite, suite_major, condition, turn, attribute, scale) AS board
    FROM begun
),

weekly AS (
    SELECT
        windows.id,
        counted.week AS seen,
        counted.prompt,
        counted.subject,
        counted.value,
        counted.x,
        counted.n,
        counted.week >= windows.first_week AS pooled
    FROM windows
    INNER JOIN counted
        ON
            windows.model = counted.model
            AND windows.suite = counted.suite
            AND windows.suite_major = counted.suite_major
            AND windows.condition = counted.condition
            AND windows.turn = counted.turn
            AND windows.attribute = counted.attribute
            AND windows.labeler_version = counted.labeler_version
            AND windows.quiet_from <= counted.week
            AND windows.week >= counted.week
    INNER JOIN plans
        ON
            counted.week = plans.week
            AND counted.model = plans.model
            AND windows.series = plans.series
            AND windows.params_hash = plans.params_hash
    INNER JOIN prompt_attributes
        ON
            windows.week = prompt_attributes.week
            AND windows.model = prompt_attributes.model
            AND windows.suite = prompt_attributes.suite
            AND windows.suite_major = prompt_attributes.suite_major
            AND windows.attribute = prompt_attributes.attribute
            AND counted.prompt = prompt_attributes.prompt
    LEFT JOIN hidden ON counted.week = hidden.week AND counted.model = hidden.model
    WHERE counted.standing AND counted.n > 0 AND hidden.model IS NULL
),

window_prompts AS (
    SELECT DISTINCT
        id, prompt
    FROM weekly
),

-- a row for the prompt wins over one for every prompt
expected AS (
    SELECT
        windows.id, reference_values.reference, window_prompts.prompt, reference_values.value,
        reference_values.expected_share AS q
    FROM windows
    INNER JOIN reference_values
        ON
            windows.week = reference_values.week
            AND windows.model = reference_values.model
            AND windows.suite = reference_values.suite
            AND windows.suite_major = reference_values.suite_major
            AND windows.attribute = reference_values.attribute
            AND (windows.scale = 'bands') = reference_values.banded
    SEMI JOIN yardsticks
        ON
            windows.suite = yardsticks.suite
            AND windows.suite_major = yardsticks.suite_major
            AND windows.attribute = yardsticks.attribute
            AND reference_values.reference = yardsticks.reference
    INNER JOIN window_prompts
        ON
            windows.id = window_prompts.id
            AND window_prompts.prompt = coalesce(reference_values.prompt, window_prompts.prompt)
    QUALIFY
        reference_values.prompt IS NOT NULL
        OR NOT bool_or(reference_values.prompt IS NOT NULL)
            OVER (PARTITION BY windows.id, reference_values.reference, window_prompts.prompt)
),

shown AS (
    SELECT
        id,
        '' AS reference,
        prompt, subject, value,
        cast(NULL AS DOUBLE) AS q,
        seen, pooled, x, n
    FROM weekly
    UNION ALL
    SELECT
        weekly.id, expected.reference, weekly.prompt, weekly.subject, weekly.value, expected.q, weekly.seen,
        weekly.pooled, weekly.x,
        sum(weekly.x) OVER (PARTITION BY weekly.id, expected.reference, weekly.prompt, weekly.seen) AS n
    FROM weekly
    INNER JOIN expected USING (id, prompt, value)
),

pooled AS (
    SELECT
        id, reference, prompt, subject, value, q,
        coalesce(sum(x) FILTER (WHERE pooled), 0) AS x,
        coalesce(sum(n) FILTER (WHERE pooled), 0) AS n,
        sum(x) / nullif(sum(n), 0) AS p,
        sum(n) AS total
    FROM shown
    GROUP BY ALL
    HAVING coalesce(sum(n) FILTER (WHERE pooled), 0) >= 5
),

sides AS (
    SELECT
        pooled.id, pooled.prompt, pooled.value, pooled.x, pooled.n, pooled.p, pooled.total, pairs.subject,
        CASE WHEN pooled.subject = pairs.subject THEN 'stereotype_share' ELSE 'stereotype_others' END
            AS metric,
        count(*) OVER (PARTITION BY pooled.id, pairs.value, pairs.subject, pooled.subject = pairs.subject)
            AS prompts
    FROM pooled
    INNER JOIN windows USING (id)
    INNER JOIN stereotype_pairs AS pairs
        ON
            windows.suite = pairs.suite
            AND windows.suite_major = pairs.suite_major
            AND windows.attribute = pairs.attribute
            AND pooled.value = pairs.value
            AND split_part(pooled.subject, ':', 1) = split_part(pairs.subject, ':', 1)
    WHERE pairs.statistic IS NULL AND pooled.reference = ''
),

told AS (
    SELECT
        id, metric,
        count(DISTINCT value || ' | ' || subject) AS pairs
    FROM sides
    GROUP BY id, metric
),

weighted AS (
    SELECT
        sides.*,
        1 / sides.prompts / told.pairs AS gradient
    FROM sides
    INNER JOIN told USING (id, metric)
),

named AS (
    SELECT
        id,
        'share' AS metric,
        reference AS source,
        '' AS reference,
        value AS value_name,
        prompt AS level,
        prompt,
        value, x, n, p, total,
        1 AS gradient
    FROM pooled
    WHERE reference = ''
    UNION ALL
    SELECT
        id, 'share' AS metric, reference AS source, '' AS reference, value AS value_name, '' AS level, prompt,
        value, x, n, p, total,
        1 / count(*) OVER (PARTITION BY id, value) AS gradient
    FROM pooled
    WHERE reference = ''
    UNION ALL
    SELECT
        id,
        'distance2' AS metric,
        reference AS source,
        reference,
        '' AS value_name,
        '' AS level,
        prompt,
        value,
        x,
        n, p, total,
        (x / n - q) / count(DISTINCT prompt) OVER (PARTITION BY id, reference) AS gradient
    FROM pooled
    WHERE reference <> ''
    UNION ALL
    SELECT
        id,
        metric,
        '' AS source,
        'stereotypes' AS reference,
        '' AS value_name,
        '' AS level,
        prompt,
        value,
        x,
        n,
        p, total, gradient
    FROM weighted
),

entries AS (
    SELECT
        *,
        hash(id, metric, reference, value_name, level) AS figure
    FROM named
),

spreads AS (
    SELECT
        figure, id, source, prompt,
        greatest(sum(gradient * gradient * p) - pow(sum(gradient * p), 2), 0) * any_value(total)
        / greatest(any_value(total) - 1, 1) AS spread,
        greatest(max(gradient), 0) - least(min(gradient), 0) AS reach
    FROM entries
    GROUP BY figure, id, source, prompt
),

moved AS (
    SELECT
        entries.figure, shown.seen,
        sum(entries.gradient * (shown.x / shown.n - entries.p)) AS deviation
    FROM entries
    INNER JOIN shown
        ON
            entries.id = shown.id
            AND entries.source = shown.reference
            AND entries.prompt = shown.prompt
            AND entries.value = shown.value
    WHERE shown.n > 0
    GROUP BY entries.figure, shown.seen
),

sizes AS (
    SELECT DISTINCT
        id, reference, prompt, seen, n
    FROM shown
    WHERE n > 0
),

drawn AS (
    SELECT
        spreads.figure, shown.seen,
        sum(spreads.spread / shown.n) AS sampling
    FROM spreads
    INNER JOIN sizes AS shown
        ON
            spreads.id = shown.id
            AND spreads.source = shown.reference
            AND spreads.prompt = shown.prompt
    GROUP BY spreads.figure, shown.seen
),

owns AS (
    SELECT
        moved.figure,
        count(*) AS quiet_weeks,
        count(*) - 1 AS freedom,
        avg(drawn.sampling) AS sampling,
        CASE WHEN count(*) > 1 THEN greatest(var_samp(moved.deviation) - avg(drawn.sampling), 0) ELSE 0 END
            AS own
    FROM moved
    INNER JOIN drawn USING (figure, seen)
    GROUP BY moved.figure
),

sums AS (
    SELECT
        id, figure, metric, reference, value_name, level,
        count(DISTINCT prompt) AS cells,
        sum(gradient * x / n) AS linear,
        sum(x) AS x,
        sum(n) AS n,
        greatest(
            sum(x / n * (1 - x / n) / (n - 1)),
            sum((x + 1) / (n + 2) * (1 - (x + 1) / (n + 2)) / n)
        ) AS variance
    FROM entries
    GROUP BY ALL
),

cell_squares AS (
    SELECT
        id, reference, prompt, n,
        (sum(x * (x - 1)) / (n * (n - 1)) - 2 * sum(x * q) / n + sum(q * q)) / 2 AS d
    FROM pooled
    WHERE reference <> ''
    GROUP BY id, reference, prompt, n
),

squares AS (
    SELECT
        id, reference,
        avg(d) AS distance2
    FROM cell_squares
    GROUP BY id, reference
),

levels AS (
    SELECT
        figure, sum(reach) AS reach
    FROM spreads
    GROUP BY figure
),

shared AS (
    SELECT
        sums.*, windows.* EXCLUDE (id), owns.quiet_weeks, owns.freedom, owns.sampling, owns.own, levels.reach,
        sum(owns.freedom) OVER board AS together,
        sum(owns.freedom * owns.own) OVER board / nullif(sum(owns.freedom) OVER board, 0) AS common,
        sum(owns.freedom * (owns.own + owns.sampling)) OVER board / nullif(sum(owns.freedom) OVER board, 0)
            AS common_week
    FROM sums
    INNER JOIN windows USING (id)
    INNER JOIN owns USING (figure)
    INNER JOIN levels USING (figure)
    WINDOW board AS (
        PARTITION BY windows.board, sums.metric, sums.reference, sums.value_name, sums.level
    )
),

mixed AS (
    SELECT
        *,
        together >= 4 AS measured,
        CASE
            WHEN together < 4 THEN pow(0.05 * reach, 2)
            WHEN quiet_weeks >= 4 THEN (own + common) / 2
            ELSE common
        END AS scatter,
        CASE
            WHEN quiet_weeks >= 4
                THEN (2 * pow(own + sampling, 2) / freedom + 2 * pow(common_week, 2) / together) / 4
            ELSE 2 * pow(common_week, 2) / together
        END AS error
    FROM shared
),

lengths AS (
    SELECT
        id,
        count(DISTINCT seen) AS weeks
    FROM weekly
    WHERE pooled
    GROUP BY id
),

freed AS (
    SELECT
        mixed.*, lengths.weeks,
        1.959963984540054e0 AS z,
        CASE
            WHEN mixed.measured AND mixed.error > 0
                THEN
                    greatest(
                        2 * pow(mixed.scatter + mixed.sampling, 2) / mixed.error,
                        CASE
                            WHEN mixed.quiet_weeks >= 4 THEN least(mixed.freedom, mixed.together)
                            ELSE mixed.together
                        END,
                        4
                    )
        END AS scatter_freedom
    FROM mixed
    INNER JOIN lengths USING (id)
),

quantiles AS (
    SELECT
        *,
        unnest([n + cells, scatter_freedom]) AS of,
        unnest(['sampling', 'whole']) AS kind
    FROM freed
),

students AS (
    SELECT
        figure, kind,
        z + (pow(z, 3) + z) / 4 / of + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / 96 / pow(of, 2)
        + (3 * pow(z, 7) + 19 * pow(z, 5) + 17 * pow(z, 3) - 15 * z) / 384 / pow(of, 3)
        + (79 * pow(z, 9) + 776 * pow(z, 7) + 1482 * pow(z, 5) - 1920 * pow(z, 3) - 945 * z)
        / 92160 / pow(of, 4) AS t
    FROM quantiles
),

sampled AS (
    SELECT
        freed.*,
        coalesce(whole.t, freed.z) / freed.z AS times,
        CASE
            WHEN freed.cells = 1 AND freed.x = 0 THEN 0
            WHEN freed.cells = 1
                THEN
                    (freed.linear + freed.z * freed.z / 2 / freed.n) / (1 + freed.z * freed.z / freed.n)
                    - freed.z / (1 + freed.z * freed.z / freed.n)
                    * sqrt(
                        freed.linear * (1 - freed.linear) / freed.n
                        + freed.z * freed.z / 4 / freed.n / freed.n
                    )
            ELSE greatest(freed.linear - own.t * sqrt(freed.variance) / freed.cells, 0)
        END AS sampled_low,
        CASE
            WHEN freed.cells = 1 AND freed.x = freed.n THEN 1
            WHEN freed.cells = 1
                THEN
                    (freed.linear + freed.z * freed.z / 2 / freed.n) / (1 + freed.z * freed.z / freed.n)
                    + freed.z / (1 + freed.z * freed.z / freed.n)
                    * sqrt(
                        freed.linear * (1 - freed.linear) / freed.n
                        + freed.z * freed.z / 4 / freed.n / freed.n
                    )
            ELSE least(freed.linear + own.t * sqrt(freed.variance) / freed.cells, 1)
        END AS sampled_high
    FROM freed
    INNER JOIN students AS own ON freed.figure = own.figure AND own.kind = 'sampling'
    INNER JOIN students AS whole ON freed.figure = whole.figure AND whole.kind = 'whole'
)

SELECT
    sampled.week, sampled.model, sampled.suite, sampled.suite_major, sampled.condition,
    nullif(sampled.level, '') AS prompt,
    sampled.turn, sampled.attribute,
    nullif(sampled.reference, '') AS reference,
    sampled.scale, sampled.labeler_version, sampled.metric,
    nullif(sampled.value_name, '') AS value_name,
    sampled.first_week, sampled.weeks,
    CASE WHEN sampled.metric = 'distance2' THEN squares.distance2 ELSE sampled.linear END AS estimate,
    CASE
        WHEN sampled.metric = 'share'
            THEN
                greatest(
                    sampled.linear - sampled.times * sqrt(
                        pow(sampled.linear - sampled.sampled_low, 2)
                        + sampled.z * sampled.z * sampled.scatter / sampled.weeks
                    ),
                    0
                )
    END AS low,
    CASE
        WHEN sampled.metric = 'share'
            THEN
                least(
                    sampled.linear + sampled.times * sqrt(
                        pow(sampled.sampled_high - sampled.linear, 2)
                        + sampled.z * sampled.z * sampled.scatter / sampled.weeks
                    ),
                    1
                )
    END AS high,
    sampled.cells,
    sqrt(sampled.scatter) AS scatter,
    sampled.scatter_freedom,
    sampled.measured AS scatter_measured,
    sampled.quiet_weeks
FROM sampled
LEFT JOIN squares ON sampled.id = squares.id AND sampled.reference = squares.reference
ORDER BY
    sampled.week DESC, sampled.model ASC, sampled.suite ASC, sampled.suite_major ASC, sampled.condition ASC,
    sampled.attribute ASC, sampled.metric ASC, sampled.reference ASC, sampled.level ASC,
    sampled.value_name ASC
