-- Answers: How large was each change of a share, and how strong the evidence when it was opened? Recomputed
--   from attempts and labels alone, to be held against `drift_events` (which says what is asked, and when).
-- Grain: that of drift_events, events of shares.
-- Columns: those of drift_events that name the event; before_share, after_share, change, change_low and
--   change_high over the changed prompts; log10_e:
--   marginal likelihoods with a change over those without, averaged over its week and over how many prompts
--   change; the shares and their scatter on a grid.
-- Depends on: drift_events, slots, prompts, prompt_attributes, plans, attempts, outcomes, labels,
--   attribute_values, clusters, withheld
-- Uses: read_from_labels
WITH
events AS MATERIALIZED (
    SELECT
        *,
        row_number() OVER () AS event
    FROM drift_events
    WHERE metric = 'share'
),

-- Uses: week_cluster_values

-- Uses: design_effects

-- effect: how many pictures of the week count as one
event_counts AS (
    SELECT
        events.event, counted.prompt, counted.week,
        counted.x AS k,
        counted.n,
        coalesce(designs.effect, 1) AS effect
    FROM events
    INNER JOIN plans
        ON
            events.model = plans.model
            AND events.series = plans.series
            AND events.params_hash = plans.params_hash
            AND plans.week BETWEEN events.started_week AND events.week
    INNER JOIN counted
        ON
            plans.week = counted.week
            AND plans.model = counted.model
            AND events.suite = counted.suite
            AND events.suite_major = counted.suite_major
            AND events.condition = counted.condition
            AND events.turn = counted.turn
            AND events.attribute = counted.attribute
            AND events.labeler_version = counted.labeler_version
            AND events.value_name = counted.value
            AND (events.prompt IS NULL OR events.prompt = counted.prompt)
    LEFT JOIN designs
        ON
            counted.prompt = designs.prompt
            AND hash(
                counted.week, counted.model, counted.suite, counted.suite_major, counted.condition,
                counted.turn, counted.attribute
            ) = designs.id
    WHERE
        counted.n > 0
        AND (plans.week, plans.model) NOT IN (SELECT (withheld.week, withheld.model) FROM withheld)
),

-- what was opened before starts a prompt anew: of a suite its changes and its prompts', of a prompt its own
starts AS (
    SELECT
        cells.event, cells.prompt,
        coalesce(max(earlier.changed_week), min(events.started_week)) AS start
    FROM (
        SELECT DISTINCT
            event, prompt
        FROM event_counts
    ) AS cells
    INNER JOIN events USING (event)
    LEFT JOIN events AS earlier
        ON
            events.model = earlier.model
            AND events.series = earlier.series
            AND events.params_hash = earlier.params_hash
            AND events.suite = earlier.suite
            AND events.suite_major = earlier.suite_major
            AND events.condition = earlier.condition
            AND events.turn = earlier.turn
            AND events.attribute = earlier.attribute
            AND events.labeler_version = earlier.labeler_version
            AND events.value_name = earlier.value_name
            AND events.week > earlier.week
            AND (cells.prompt = earlier.prompt OR (events.prompt IS NULL AND earlier.prompt IS NULL))
    GROUP BY cells.event, cells.prompt
),

weekly AS (
    SELECT
        event_counts.event, event_counts.prompt, event_counts.week,
        event_counts.k / event_counts.effect AS k,
        event_counts.n / event_counts.effect AS n,
        row_number() OVER (
            PARTITION BY event_counts.event, event_counts.prompt ORDER BY event_counts.week
        ) AS seen
    FROM event_counts
    INNER JOIN starts USING (event, prompt)
    WHERE event_counts.week >= starts.start
),

-- size: the changed prompts before and after, each with equal weight
sides AS (
    SELECT
        event_counts.event, event_counts.prompt,
        sum(event_counts.k) FILTER (WHERE event_counts.week < events.changed_week) AS k0,
        sum(event_counts.n) FILTER (WHERE event_counts.week < events.changed_week) AS n0,
        sum(event_counts.k) FILTER (WHERE event_counts.week >= events.changed_week) AS k1,
        sum(event_counts.n) FILTER (WHERE event_counts.week >= events.changed_week) AS n1,
        sum(event_counts.n / event_counts.effect) FILTER (WHERE event_counts.week < events.changed_week)
            AS worth0,
        sum(event_counts.n / event_counts.effect) FILTER (WHERE event_counts.week >= events.changed_week)
            AS worth1
    FROM event_counts
    INNER JOIN events USING (event)
    WHERE list_contains(string_split(events.changed_prompts, ','), event_counts.prompt)
    GROUP BY event_counts.event, event_counts.prompt
    HAVING n0 > 0 AND n1 > 0
),

sizes AS (
    SELECT
        event,
        avg(k0 / n0) AS before_share,
        avg(k1 / n1) AS after_share,
        avg(k1 / n1) - avg(k0 / n0) AS change,
        1.959963984540054 * sqrt(
            sum(
                (k0 / n0 * worth0 + 1) / (worth0 + 2) * (worth0 - k0 / n0 * worth0 + 1) / (worth0 + 2)
                / (worth0 + 2)
            )
            + sum(
                (k1 / n1 * worth1 + 1) / (worth1 + 2) * (worth1 - k1 / n1 * worth1 + 1) / (worth1 + 2)
                / (worth1 + 2)
            )
        ) / count(*) AS half
    FROM sides
    GROUP BY event
),

-- evidence: weeks that can be the first of a change, and their prior
suite_weeks AS (
    SELECT
        event, week,
        row_number() OVER (PARTITION BY event ORDER BY week) - 1 AS earlier
    FROM (
        SELECT DISTINCT
            event, week
        FROM weekly
    ) AS observed
),

candidates AS (
    SELECT
        event, week AS first_week,
        CASE WHEN earlier <= 26 THEN 0.5 / 26 ELSE 13.5 / (earlier * (earlier + 1)) END AS prior
    FROM suite_weeks
    WHERE earlier >= 4
),

-- C: prompts seen in the first four weeks
first_cells AS (
    SELECT
        weekly.event,
        count(DISTINCT weekly.prompt) AS cells
    FROM weekly
    INNER JOIN suite_weeks USING (event, week)
    WHERE suite_weeks.earlier < 4
    GROUP BY weekly.event
),

-- many pictures: on average over those weeks, of a prompt that came later in its own first week
many AS (
    SELECT
        weekly.event, weekly.prompt,
        coalesce(
            avg(weekly.n) FILTER (WHERE suite_weeks.earlier < 4), min(weekly.n) FILTER (WHERE weekly.seen = 1)
        ) >= 36 AS many
    FROM weekly
    INNER JOIN suite_weeks USING (event, week)
    GROUP BY weekly.event, weekly.prompt
),

scatters (many, points, scatter, weight) AS (
    VALUES
    (FALSE, 32, 0.0, 0.65),
    (FALSE, 32, 0.03, 0.35),
    (TRUE, 64, 0.0, 0.75),
    (TRUE, 64, 0.02, 0.15),
    (TRUE, 64, 0.04, 0.1)
),

grid AS (
    SELECT
        many, points, scatter, weight, point,
        pow(sin((point + 0.5) / points * pi() / 2), 2)::DOUBLE AS p,
        1 / least(pow(scatter, 2) / (p * (1 - p)), 0.1) - 1 AS size
    FROM scatters, unnest(range(points)) AS numbers (point)
),

likelihoods AS (
    SELECT
        weekly.event, weekly.prompt, weekly.week, grid.scatter, grid.weight, grid.point,
        CASE
            WHEN grid.scatter = 0 THEN weekly.k * ln(grid.p) + (weekly.n - weekly.k) * ln(1 - grid.p)
            ELSE
                lgamma(weekly.k + grid.p * grid.size) - lgamma(grid.p * grid.size)
                + lgamma(weekly.n - weekly.k + (1 - grid.p) * grid.size) - lgamma((1 - grid.p) * grid.size)
                - lgamma(weekly.n + grid.size) + lgamma(grid.size)
        END AS ll
    FROM weekly
    INNER JOIN many USING (event, prompt)
    INNER JOIN grid USING (many)
),

split AS (
    SELECT
        likelihoods.event, likelihoods.prompt, candidates.first_week, likelihoods.scatter,
        likelihoods.weight, likelihoods.point,
        coalesce(sum(likelihoods.ll) FILTER (WHERE likelihoods.week < candidates.first_week), 0) AS before_ll,
        coalesce(sum(likelihoods.ll) FILTER (WHERE likelihoods.week >= candidates.first_week), 0) AS after_ll,
        sum(likelihoods.ll) AS all_ll
    FROM likelihoods
    INNER JOIN candidates USING (event)
    GROUP BY ALL
),

marginals AS (
    SELECT
        event, prompt, first_week, scatter, weight,
        max(before_ll) + ln(avg(exp(before_ll - top_before)))
        + max(after_ll) + ln(avg(exp(after_ll - top_after))) AS changed,
        max(all_ll) + ln(avg(exp(all_ll - top_all))) AS steady
    FROM (
        SELECT
            *,
            max(before_ll) OVER cell AS top_before,
            max(after_ll) OVER cell AS top_after,
            max(all_ll) OVER cell AS top_all
        FROM split
        WINDOW cell AS (PARTITION BY event, prompt, first_week, scatter)
    ) AS topped
    GROUP BY event, prompt, first_week, scatter, weight
),

ratios AS (
    SELECT
        event, prompt, first_week,
        least(
            sum(weight * exp(least(changed - top, 690))) / sum(weight * exp(steady - top)), 1e30
        ) AS ratio
    FROM (
        SELECT
            *,
            max(steady) OVER (PARTITION BY event, prompt, first_week) AS top
        FROM marginals
    ) AS topped
    GROUP BY event, prompt, first_week
),

chances AS (
    SELECT
        event,
        unnest(CASE WHEN cells = 1 THEN [1.0] ELSE [1.0 / cells, 0.25, 1.0] END)::DOUBLE AS chance,
        unnest(CASE WHEN cells = 1 THEN [1.0] ELSE [0.4, 0.3, 0.3] END)::DOUBLE AS weight
    FROM first_cells
),

parts AS (
    SELECT
        ratios.event,
        ln(candidates.prior) + ln(chances.weight)
        + sum(ln(1 - chances.chance + chances.chance * ratios.ratio)) AS log_part
    FROM ratios
    INNER JOIN chances USING (event)
    INNER JOIN candidates USING (event, first_week)
    GROUP BY ratios.event, ratios.first_week, candidates.prior, chances.chance, chances.weight
),

evidence AS (
    SELECT
        event,
        (max(log_part) + ln(sum(exp(log_part - top)))) / ln(10) AS log10_e
    FROM (
        SELECT
            *,
            max(log_part) OVER (PARTITION BY event) AS top
        FROM parts
    ) AS topped
    GROUP BY event
)

SELECT
    events.week, events.model, events.suite, events.suite_major, events.condition, events.turn,
    events.prompt, events.attribute, events.value_name, events.changed_week, sizes.before_share,
    sizes.after_share, sizes.change,
    greatest(sizes.change - sizes.half, -1) AS change_low,
    least(sizes.change + sizes.half, 1) AS change_high,
    evidence.log10_e
FROM events
INNER JOIN sizes USING (event)
INNER JOIN evidence USING (event)
ORDER BY ALL
