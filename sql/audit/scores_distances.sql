-- Answers: How far are the pictures of each prompt, and of a suite's prompts on average, from each reference?
--   Recomputed from attempts and labels alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn, attribute,
--   reference, metric.
-- Columns: those of scores: metric is distance2 or distance (if a cell has five); low and high:
--   95 %, prompts fixed, hull of Wald and score intervals, of one cell alone also
--   with Wilson's of the value that exceeds its reference share most; n pictures in the cells that entered,
--   else in all. NULL where a prompt has no row of the reference, or too few pictures.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, reference_values, plans, attempts,
--   outcomes, labels, clusters
-- Uses: read_from_labels
WITH
-- Uses: worth

-- a reference's rows for the prompt itself win over its rows for every prompt
compared AS (
    SELECT
        cells.*,
        reference_values.reference,
        coalesce(bool_or(reference_values.prompt = cells.prompt), FALSE) AS has_own
    FROM cells
    INNER JOIN reference_values
        ON
            cells.week = reference_values.week
            AND cells.model = reference_values.model
            AND cells.suite = reference_values.suite
            AND cells.suite_major = reference_values.suite_major
            AND cells.attribute = reference_values.attribute
            AND (cells.scale = 'bands') = reference_values.banded
    GROUP BY ALL
),

-- x pictures of a value, as many as they are worth, and the share q that the reference expects; a prompt
-- without a row has no value
expected_of AS (
    SELECT
        compared.*,
        expected.value, expected.expected_share AS q,
        cast(coalesce(seen.pictures, 0) AS DOUBLE) AS pictures,
        coalesce(seen.pictures, 0) / cell_effects.effect AS x
    FROM compared
    INNER JOIN cell_effects USING (week, model, suite, suite_major, prompt, turn, attribute)
    LEFT JOIN reference_values AS expected
        ON
            compared.week = expected.week
            AND compared.model = expected.model
            AND compared.suite = expected.suite
            AND compared.suite_major = expected.suite_major
            AND compared.attribute = expected.attribute
            AND (compared.scale = 'bands') = expected.banded
            AND compared.reference = expected.reference
            AND expected.prompt IS NOT DISTINCT FROM CASE WHEN compared.has_own THEN compared.prompt END
    LEFT JOIN seen
        ON
            compared.week = seen.week
            AND compared.model = seen.model
            AND compared.suite = seen.suite
            AND compared.suite_major = seen.suite_major
            AND compared.prompt = seen.prompt
            AND compared.turn = seen.turn
            AND compared.attribute = seen.attribute
            AND expected.value = seen.value
),

sized AS (
    SELECT
        *,
        sum(pictures) OVER cell AS counted_n,
        sum(x) OVER cell AS n,
        count(value) OVER cell AS k,
        sum(q * q) OVER cell AS c,
        sum(x * q) OVER cell AS xq,
        sum(x * q * q) OVER cell AS xqq
    FROM expected_of
    WINDOW cell AS (PARTITION BY week, model, suite, suite_major, prompt, turn, attribute, reference)
),

-- p: the share with two pseudo-counts; line, square: sums of the kernel 1[i = j] - q_i - q_j + c and of its
-- square over all pictures
valued AS (
    SELECT
        *,
        (x + 2 / k) / (n + 2) AS p,
        x / nullif(n, 0) - q AS gap,
        max(x / nullif(n, 0) - q) OVER (
            PARTITION BY week, model, suite, suite_major, prompt, turn, attribute, reference
        ) AS widest,
        1 - 2 * q + c AS own,
        x - n * q - xq + n * c - (1 - 2 * q + c) AS line,
        n * pow(c - q, 2) - 2 * (c - q) * xq + xqq + x * (1 + 2 * (c - 2 * q)) AS square
    FROM sized
),

cell_sums AS (
    SELECT
        week, model, suite, suite_major, condition, prompt, turn, attribute, reference, scale,
        labeler_version, counted_n, n, k, c, xq, widest,
        max(x) FILTER (WHERE gap = widest) AS lead,
        sum(gap * gap) / 2 AS raw,
        sum(x * (x - 1)) AS agreeing,
        sum(x * line) AS pairs,
        sum(x * line * line) AS lines,
        sum(x * (square - own * own)) AS same,
        sum(pow(p - q, 2)) AS theta,
        greatest(sum(p * pow(p - q, 2)) - pow(sum(p * (p - q)), 2), 0) AS first,
        sum(p * p) AS pp,
        sum(p * q) AS pq,
        sum(p * q * q) AS pqq,
        sum(p * p * q) AS ppq,
        min(q) AS least
    FROM valued
    WHERE k > 0
    GROUP BY ALL
),

figures AS (
    SELECT
        *,
        n >= 2 AS usable,
        (agreeing / (n * (n - 1)) - 2 * xq / n + c) / 2 AS d,
        (
            pow(pairs / (n * (n - 1)), 2)
            - (pow(pairs, 2) - 4 * (lines - same) - 2 * same) / (n * (n - 1) * (n - 2) * (n - 3))
        ) / 4 AS unbiased,
        (pp + 2 * pqq + 2 * pq * pq + c * c - 4 * ppq + 2 * c * pp - 4 * c * pq - theta * theta)
        / (2 * n * (n - 1)) AS at_zero,
        (n - 2) * first / (n * (n - 1)) AS growing,
        theta / 2 AS plain,
        2 * (n - 2) / (n * (n - 1)) * (1 - pp) / greatest(k - 1, 1) AS slope,
        (1 - 2 * least + c) / 2 AS largest,
        lead / n - widest AS lead_q,
        CASE WHEN widest > 1e-9 THEN least(raw / widest / widest, 1) ELSE 0 END AS reach
    FROM cell_sums
),

-- every cell by itself, and the cells that stand for their suite together; also those without a reference
levels AS (
    SELECT
        week, model, suite, suite_major, condition, turn, attribute, reference, scale, labeler_version,
        prompt AS cell,
        unnest(
            CASE WHEN standing THEN [prompt, NULL] ELSE [prompt] END
        ) AS prompt
    FROM compared
),

sums AS (
    SELECT
        levels.week, levels.model, levels.suite, levels.suite_major, levels.condition, levels.prompt,
        levels.turn, levels.attribute, levels.reference, levels.scale, levels.labeler_version,
        1.959963984540054 AS z,
        coalesce(sum(figures.counted_n), 0) AS n,
        count(*) FILTER (WHERE figures.n > 0) AS cells,
        sum(figures.n) FILTER (WHERE figures.usable) AS usable_n,
        sum(figures.counted_n) FILTER (WHERE figures.usable) AS counted_n,
        max(figures.counted_n) FILTER (WHERE figures.usable) AS most,
        count(*) FILTER (WHERE figures.usable) AS m,
        avg(figures.d) FILTER (WHERE figures.usable) AS d,
        sum(
            CASE WHEN figures.n >= 4 THEN figures.unbiased ELSE figures.growing + figures.at_zero END
        ) FILTER (WHERE figures.usable) AS unbiased,
        sum(figures.growing + figures.at_zero) FILTER (WHERE figures.usable) AS plug_in,
        sum(figures.at_zero) FILTER (WHERE figures.usable) AS at_zero,
        sum(figures.plain) FILTER (WHERE figures.usable) AS plain,
        sum(figures.slope) FILTER (WHERE figures.usable) AS slope,
        avg(figures.largest) FILTER (WHERE figures.usable) AS largest,
        any_value(figures.lead) FILTER (WHERE figures.usable) AS lead,
        any_value(figures.lead_q) FILTER (WHERE figures.usable) AS lead_q,
        any_value(figures.reach) FILTER (WHERE figures.usable) AS reach
    FROM levels
    LEFT JOIN figures
        ON
            levels.week = figures.week
            AND levels.model = figures.model
            AND levels.suite = figures.suite
            AND levels.suite_major = figures.suite_major
            AND levels.cell = figures.prompt
            AND levels.turn = figures.turn
            AND levels.attribute = figures.attribute
            AND levels.reference = figures.reference
    GROUP BY ALL
),

-- the variance is a t + b at the distance t, b at the reference itself
lined AS (
    SELECT
        *,
        z * sqrt(greatest(unbiased, plug_in, 0)) / m AS wald,
        at_zero / m / m AS b,
        greatest(
            CASE
                WHEN plain > 0.5e-9 THEN (greatest(unbiased, plug_in, 0) - at_zero) / plain
                ELSE slope / m
            END,
            0
        ) / m AS a
    FROM sums
),

ends AS (
    SELECT
        *,
        d + z * z * a / 2 AS middle,
        sqrt(greatest(pow(2 * d + z * z * a, 2) - 4 * (d * d - z * z * b), 0)) / 2 AS half,
        (lead + z * z / 2) / (usable_n + z * z) AS lead_middle,
        z / (usable_n + z * z) * sqrt(lead * (usable_n - lead) / usable_n + z * z / 4) AS lead_half
    FROM lined
),

hulls AS (
    SELECT
        *,
        least(middle - half, d - wald) AS hull_low,
        greatest(middle + half, 0, d + wald) AS hull_high,
        CASE WHEN m = 1 THEN reach * pow(greatest(lead_middle - lead_half - lead_q, 0), 2) END AS lead_low,
        CASE
            WHEN m = 1
                THEN
                    reach * pow(CASE WHEN lead = usable_n THEN 1 ELSE lead_middle + lead_half END - lead_q, 2)
        END AS lead_high
    FROM ends
),

bounded AS (
    SELECT
        *,
        least(hull_low, lead_low) AS low,
        CASE WHEN m > 0 THEN least(greatest(hull_high, lead_high), largest) END AS high
    FROM hulls
),

told AS (
    SELECT
        * EXCLUDE (low, high, n, cells),
        'distance2' AS metric,
        d AS estimate, low, high,
        coalesce(counted_n, n) AS n,
        m AS cells
    FROM bounded
    UNION ALL
    SELECT
        * EXCLUDE (low, high, n, cells),
        'distance' AS metric,
        CASE WHEN most >= 5 THEN sqrt(CASE WHEN d > 1e-14 THEN d ELSE 0 END) END AS estimate,
        CASE WHEN most >= 5 THEN sqrt(CASE WHEN low > 1e-14 THEN low ELSE 0 END) END AS low,
        CASE WHEN most >= 5 THEN sqrt(CASE WHEN high > 1e-14 THEN high ELSE 0 END) END AS high,
        coalesce(counted_n, n) AS n,
        m AS cells
    FROM bounded
)

SELECT
    week, model, suite, suite_major, condition, prompt, turn, attribute, reference, scale, labeler_version,
    metric,
    cast(NULL AS VARCHAR) AS value_name,
    estimate, low, high, n, cells
FROM told
ORDER BY
    week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, attribute ASC, reference ASC,
    metric ASC, prompt ASC, turn ASC
