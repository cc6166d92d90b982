-- Answers: What became of requests and pictures in four weeks, how often did one picture show declared values
--   together, and how much does that scatter from week to week? Recomputed from attempts and labels alone, to
--   be held against `window_scores`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn, attribute, metric,
--   value_name.
-- Columns: those of window_scores; metric is that of scores_outcomes (but for pictures), scores_assessed or
--   scores_combinations; first_week as far as an opened change moves it; low and high of rates alone.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, combinations, plans, attempts, outcomes,
--   labels, clusters, withheld, drift_events
-- Uses: read_from_labels
WITH
-- Uses: answer_rates

-- Uses: label_rates

-- Uses: combined

hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

-- what counted for each prompt in each week; '' where a rate is of no one attribute or value
parts AS (
    SELECT
        week, model, suite, suite_major, condition, turn, '' AS attribute, '' AS labeler_version, '' AS scale,
        metric, '' AS value_name, prompt, part AS x, whole AS n
    FROM answer_rates
    WHERE metric <> 'pictures' AND prompt IS NOT NULL
    UNION ALL
    SELECT
        week, model, suite, suite_major, condition, turn, attribute,
        coalesce(labeler_version, '') AS labeler_version,
        scale, metric, coalesce(value_name, '') AS value_name, prompt, part AS x, whole AS n
    FROM label_rates
    WHERE prompt IS NOT NULL
    UNION ALL
    SELECT
        combined.week, combined.model, combined.suite, combined.suite_major, combined.condition,
        combined.turn,
        '' AS attribute, versions.labeler_version, '' AS scale, 'combination_share' AS metric,
        combined.combination AS value_name, combined.prompt, combined.k AS x, combined.n
    FROM combined
    INNER JOIN versions USING (week, model)
),

kept AS (
    SELECT
        parts.*, plans.series, plans.params_hash, plans.track, plans.simulated
    FROM parts
    INNER JOIN plans USING (week, model)
    ANTI JOIN hidden USING (week, model)
    WHERE parts.condition <> 'confronted' OR parts.turn > 1
),

changes AS (
    SELECT
        week, changed_week, model, series, params_hash, suite, suite_major, condition, turn,
        coalesce(attribute, '') AS attribute,
        coalesce(labeler_version, '') AS labeler_version, '' AS combination
    FROM drift_events
    WHERE metric IN ('share', 'refused_rate')
    UNION ALL
    SELECT
        events.week, events.changed_week, events.model, events.series, events.params_hash, events.suite,
        events.suite_major, events.condition, events.turn, '' AS attribute, events.labeler_version,
        combinations.combination
    FROM drift_events AS events
    INNER JOIN combinations USING (suite, suite_major, attribute)
    WHERE events.metric = 'share'
),

here AS (
    SELECT DISTINCT
        week, model, series, params_hash, track, simulated, suite, suite_major, condition, turn, attribute,
        labeler_version, scale, metric, value_name,
        CASE WHEN metric = 'combination_share' THEN value_name ELSE '' END AS combination
    FROM kept
),

begun AS (
    SELECT
        here.*,
        max(greatest(coalesce(changes.changed_week, here.week - 77), here.week - 77)) AS quiet_from
    FROM here
    LEFT JOIN changes
        ON
            here.model = changes.model
            AND here.series = changes.series
            AND here.params_hash = changes.params_hash
            AND here.suite = changes.suite
            AND here.suite_major = changes.suite_major
            AND here.condition = changes.condition
            AND here.turn = changes.turn
            AND here.attribute = changes.attribute
            AND here.labeler_version = changes.labeler_version
            AND here.combination = changes.combination
            AND here.week >= changes.week
    GROUP BY ALL
),

windows AS (
    SELECT
        * EXCLUDE (metric, combination),
        metric AS of_metric,
        greatest(week - 21, quiet_from) AS first_week,
        hash(week, model, suite, suite_major, condition, turn, attribute, metric, value_name) AS id,
        hash(week, track, simulated, suite, suite_major, condition, turn, attribute, metric, value_name)
            AS board
    FROM begun
),

-- of prompts that the suite still has in the window's last week
found AS (
    SELECT
        windows.id,
        '' AS reference,
        kept.prompt,
        'part' AS value,
        kept.week AS seen,
        kept.week >= windows.first_week AS pooled,
        kept.x, kept.n
    FROM windows
    INNER JOIN kept
        ON
            windows.model = kept.model
            AND windows.series = kept.series
            AND windows.params_hash = kept.params_hash
            AND windows.suite = kept.suite
            AND windows.suite_major = kept.suite_major
            AND windows.condition = kept.condition
            AND windows.turn = kept.turn
            AND windows.attribute = kept.attribute
            AND windows.labeler_version = kept.labeler_version
            AND windows.of_metric = kept.metric
            AND windows.value_name = kept.value_name
            AND windows.quiet_from <= kept.week
            AND windows.week >= kept.week
    SEMI JOIN prompt_attributes AS still
        ON
            windows.week = still.week
            AND windows.model = still.model
            AND windows.suite = still.suite
            AND windows.suite_major = still.suite_major
            AND kept.prompt = still.prompt
            AND windows.attribute IN ('', still.attribute)
    WHERE kept.n > 0
),

rate_clusters AS (
    SELECT
        week, model, suite, suite_major, condition, prompt, turn,
        '' AS attribute,
        metric,
        '' AS value_name,
        cluster, value, x
    FROM answer_clusters
    UNION ALL
    SELECT
        week, model, suite, suite_major, condition, prompt, turn, attribute, metric,
        coalesce(value_name, '') AS value_name,
        cluster, value, x
    FROM label_clusters
    UNION ALL
    SELECT
        week, model, suite, suite_major, condition, prompt, turn,
        '' AS attribute,
        'combination_share' AS metric,
        combination AS value_name,
        cluster, value, x
    FROM combined_clusters
),

cluster_values AS ( -- noqa: ST03
    SELECT
        windows.id, rate_clusters.prompt, rate_clusters.week, rate_clusters.cluster, rate_clusters.value,
        rate_clusters.x
    FROM rate_clusters
    INNER JOIN windows
        ON
            rate_clusters.model = windows.model
            AND rate_clusters.suite = windows.suite
            AND rate_clusters.suite_major = windows.suite_major
            AND rate_clusters.condition = windows.condition
            AND rate_clusters.turn = windows.turn
            AND rate_clusters.attribute = windows.attribute
            AND rate_clusters.metric = windows.of_metric
            AND rate_clusters.value_name = windows.value_name
    SEMI JOIN found
        ON
            windows.id = found.id
            AND rate_clusters.prompt = found.prompt
            AND rate_clusters.week = found.seen
            AND found.pooled
),

-- Uses: design_effects

-- the independent ones that those drawn together are worth: of a prompt, where it has figures, else of all
shown AS (
    SELECT
        found.* EXCLUDE (x, n),
        found.n AS counted,
        found.x / coalesce(designs.effect, 1) AS x,
        found.n / coalesce(designs.effect, 1) AS n
    FROM found
    INNER JOIN windows USING (id)
    LEFT JOIN designs
        ON
            found.id = designs.id
            AND designs.prompt
            = CASE WHEN windows.of_metric = 'combination_share' THEN found.prompt ELSE '' END
),

pooled AS (
    SELECT
        id, prompt,
        sum(x) FILTER (WHERE pooled) AS x,
        sum(n) FILTER (WHERE pooled) AS n,
        sum(counted) FILTER (WHERE pooled) AS counted,
        sum(x) / sum(n) AS p,
        sum(n) AS total
    FROM shown
    GROUP BY id, prompt
    HAVING sum(n) FILTER (WHERE pooled) > 0
),

-- a combination is of single prompts, too
by_level AS (
    SELECT
        *,
        unnest([prompt, '']) AS level
    FROM pooled
    WHERE counted >= 5 AND n >= 2
),

entries AS ( -- noqa: ST03
    SELECT
        pooled.*,
        windows.of_metric AS metric,
        '' AS source,
        '' AS reference,
        windows.value_name,
        '' AS level,
        'part' AS value,
        pooled.n / sum(pooled.n) OVER (PARTITION BY pooled.id) AS gradient,
        hash(pooled.id, '') AS figure
    FROM pooled
    INNER JOIN windows USING (id)
    WHERE windows.of_metric <> 'combination_share'
    UNION ALL BY NAME
    SELECT
        by_level.*,
        windows.of_metric AS metric,
        '' AS source,
        '' AS reference,
        windows.value_name,
        'part' AS value,
        1 / count(*) OVER (PARTITION BY by_level.id, by_level.level) AS gradient,
        hash(by_level.id, by_level.level) AS figure
    FROM by_level
    INNER JOIN windows USING (id)
    WHERE windows.of_metric = 'combination_share'
),

-- Uses: window_scatter

students AS (
    SELECT
        *,
        1.959963984540054 AS z,
        1 + coalesce(
            (pow(z, 2) + 1) / 4 / scatter_freedom
            + (5 * pow(z, 4) + 16 * pow(z, 2) + 3) / 96 / pow(scatter_freedom, 2)
            + (3 * pow(z, 6) + 19 * pow(z, 4) + 17 * pow(z, 2) - 15) / 384 / pow(scatter_freedom, 3)
            + (79 * pow(z, 8) + 776 * pow(z, 6) + 1482 * pow(z, 4) - 1920 * pow(z, 2) - 945)
            / 92160 / pow(scatter_freedom, 4),
            0
        ) AS times,
        (x + z * z / 2) / (n + z * z) AS middle,
        z / (n + z * z) * sqrt(x * (n - x) / n + z * z / 4) AS half
    FROM freed
)

SELECT
    week, model, suite, suite_major, condition,
    nullif(level, '') AS prompt,
    turn,
    nullif(attribute, '') AS attribute,
    cast(NULL AS VARCHAR) AS reference,
    nullif(scale, '') AS scale,
    nullif(labeler_version, '') AS labeler_version,
    metric,
    nullif(value_name, '') AS value_name,
    first_week, weeks, linear AS estimate,
    CASE
        WHEN metric <> 'combination_share'
            THEN
                greatest(
                    linear - times * sqrt(
                        pow(CASE WHEN x = 0 THEN 0 ELSE linear - middle + half END, 2)
                        + z * z * scatter / weeks
                    ),
                    0
                )
    END AS low,
    CASE
        WHEN metric <> 'combination_share'
            THEN
                least(
                    linear + times * sqrt(
                        pow(CASE WHEN x = n THEN 0 ELSE middle + half - linear END, 2)
                        + z * z * scatter / weeks
                    ),
                    1
                )
    END AS high,
    cells,
    sqrt(scatter) AS scatter,
    scatter_freedom,
    measured AS scatter_measured,
    quiet_weeks
FROM students
ORDER BY
    week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, attribute ASC, metric ASC,
    value_name ASC, prompt ASC
