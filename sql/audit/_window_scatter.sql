-- Answers: How much does each figure of a window scatter from week to week beyond its sample of pictures?
--   Steps of the audit queries that name this text under "Uses".
-- Grain: figure.
-- Columns: those of windows; metric, reference, value_name, level; cells, x, n; linear: Σ gradient x / n;
--   variance: Σ of those of the cells' shares; scatter (variance of a week), scatter_freedom, measured,
--   quiet_weeks, weeks.
-- Depends on: windows (id, board), shown (what each week showed: id, reference, prompt, value, seen, pooled,
--   x of n), entries (a row per share that a figure grows with: figure, id, source, prompt, value, gradient,
--   p over all weeks of total pictures, x of n in the window)
WITH spreads AS (
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

chance AS (
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
        avg(chance.sampling) AS sampling,
        CASE WHEN count(*) > 1 THEN greatest(var_samp(moved.deviation) - avg(chance.sampling), 0) ELSE 0 END
            AS own
    FROM moved
    INNER JOIN chance USING (figure, seen)
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

-- shares of one source are assumed to move together
levels AS (
    SELECT
        figure, sqrt(sum(reach * reach)) AS reach
    FROM (
        SELECT
            figure, source, sum(reach) AS reach
        FROM spreads
        GROUP BY figure, source
    ) AS of_source
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
    FROM shown
    WHERE pooled AND n > 0
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
)

SELECT figure FROM freed
