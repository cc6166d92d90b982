-- Answers: how alike are the pictures of each prompt, and of a suite's prompts on average? Recomputed from
--   attempts and labels alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, prompt (NULL: the whole suite), turn, attribute.
-- Columns: those of scores. Below, a: share of pairs of pictures that agree; homogeneity is
--   (a - 1/K) / (1 - 1/K). Its interval is that of a: hull of Wald and score intervals, of one cell alone
--   also with Wilson's of the commonest value. NULL for fewer than five pictures in cells of two or more.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, plans, attempts, outcomes, labels
WITH
-- a picture is there where the attempt that settled its slot, the first final one, was ok
pictures AS (
    SELECT
        attempts.week, attempts.model, attempts.slot_key
    FROM attempts
    INNER JOIN outcomes ON attempts.outcome = outcomes.outcome AND outcomes.final
    GROUP BY attempts.week, attempts.model, attempts.slot_key
    HAVING arg_min(attempts.outcome, attempts.attempt) = 'ok'
),

-- of several versions of the planned labeler the highest declared number counts, then the last hash
versions AS (
    SELECT
        labels.week, labels.model, labels.labeler, labels.labeler_version
    FROM labels
    INNER JOIN plans USING (week, model, labeler)
    GROUP BY labels.week, labels.model, labels.labeler, labels.labeler_version
    QUALIFY row_number() OVER (
        PARTITION BY labels.week, labels.model
        ORDER BY
            try_cast(split_part(labels.labeler_version, '-', 1) AS INTEGER) DESC NULLS LAST,
            labels.labeler_version DESC
    ) = 1
),

asked AS (
    SELECT
        slots.week, slots.model, slots.slot_key, slots.suite, prompts.suite_major, prompts.condition,
        slots.prompt,
        least(slots.turn, 2) AS turn
    FROM slots
    INNER JOIN prompts USING (week, model, suite, suite_version, prompt)
),

-- values by band where the attribute has bands
declared AS (
    SELECT
        week, model, suite, suite_major, attribute,
        coalesce(band, value) AS value,
        bool_or(in_support) AS in_support,
        bool_or(band IS NOT NULL) AS banded
    FROM attribute_values
    GROUP BY week, model, suite, suite_major, attribute, coalesce(band, value)
),

scales AS (
    SELECT
        week, model, suite, suite_major, attribute,
        CASE WHEN bool_or(banded) THEN 'bands' ELSE 'values' END AS scale
    FROM declared
    GROUP BY week, model, suite, suite_major, attribute
),

asked_prompts AS (
    SELECT DISTINCT * EXCLUDE (slot_key) FROM asked
),

-- every prompt that was asked, beside every attribute that its plan looks at
looked_at AS (
    SELECT
        asked_prompts.*,
        wanted.attribute, scales.scale, versions.labeler_version
    FROM asked_prompts
    INNER JOIN prompt_attributes AS wanted USING (week, model, suite, suite_major, prompt)
    INNER JOIN scales USING (week, model, suite, suite_major, attribute)
    LEFT JOIN versions USING (week, model)
),

seen AS (
    SELECT
        asked.week, asked.model, asked.suite, asked.suite_major, asked.prompt, asked.turn, labels.attribute,
        coalesce(known.band, known.value) AS value,
        count(*) AS pictures
    FROM asked
    INNER JOIN pictures USING (week, model, slot_key)
    INNER JOIN versions USING (week, model)
    INNER JOIN labels USING (week, model, slot_key, labeler, labeler_version)
    INNER JOIN attribute_values AS known USING (week, model, suite, suite_major, attribute, value)
    GROUP BY ALL
),

-- x pictures of the value, n of all k values
valued AS (
    SELECT
        looked_at.*,
        cast(coalesce(seen.pictures, 0) AS DOUBLE) AS x,
        cast(sum(coalesce(seen.pictures, 0)) OVER cell AS DOUBLE) AS n,
        count(*) OVER cell AS k
    FROM looked_at
    INNER JOIN declared
        ON
            looked_at.week = declared.week
            AND looked_at.model = declared.model
            AND looked_at.suite = declared.suite
            AND looked_at.suite_major = declared.suite_major
            AND looked_at.attribute = declared.attribute
            AND declared.in_support
    LEFT JOIN seen
        ON
            looked_at.week = seen.week
            AND looked_at.model = seen.model
            AND looked_at.suite = seen.suite
            AND looked_at.suite_major = seen.suite_major
            AND looked_at.prompt = seen.prompt
            AND looked_at.turn = seen.turn
            AND looked_at.attribute = seen.attribute
            AND declared.value = seen.value
    WINDOW
        cell AS (
            PARTITION BY
                looked_at.week, looked_at.model, looked_at.suite, looked_at.suite_major, looked_at.prompt,
                looked_at.turn, looked_at.attribute
        )
),

-- p: the share with two pseudo-counts
pseudo AS (
    SELECT
        *,
        (x + 2 / k) / (n + 2) AS p
    FROM valued
),

cells AS (
    SELECT
        week, model, suite, suite_major, condition, prompt, turn, attribute, scale, labeler_version, n, k,
        sum(x * (x - 1)) AS pairs,
        sum(x * (x - 1) * (x - 1)) AS lines,
        sum(p * p) AS pp,
        sum(p * p * p) AS ppp,
        max(x) AS lead,
        sum(pow(x / nullif(n, 0) - 1 / k, 2)) AS raw
    FROM pseudo
    GROUP BY ALL
),

-- all on the scale of a - 1/K
figures AS (
    SELECT
        *,
        n >= 2 AS usable,
        pairs / (n * (n - 1)) - 1 / k AS d,
        pow(pairs / (n * (n - 1)), 2)
        - (pairs * pairs - 4 * (lines - pairs) - 2 * pairs) / (n * (n - 1) * (n - 2) * (n - 3)) AS unbiased,
        2 / (n * (n - 1)) * (pp - pp * pp) AS at_zero,
        4 * (n - 2) / (n * (n - 1)) * greatest(ppp - pp * pp, 0) AS growing,
        pp - 1 / k AS plain,
        4 * (n - 2) / (n * (n - 1)) * (1 - pp) / (k - 1) AS slope,
        -- of pictures that show all values equally often, what rounding leaves is no lead
        CASE WHEN lead / n - 1 / k > 1e-9 THEN least(raw / pow(lead / n - 1 / k, 2), 2) ELSE 0 END AS reach
    FROM cells
),

levels AS (
    SELECT
        * EXCLUDE (prompt),
        unnest(
            CASE WHEN condition = 'confronted' AND turn = 1 THEN [prompt] ELSE [prompt, NULL] END
        ) AS prompt
    FROM figures
),

sums AS (
    SELECT
        week, model, suite, suite_major, condition, prompt, turn, attribute, scale, labeler_version, k,
        cast(1.959963984540054 AS DOUBLE) AS z,
        coalesce(sum(n) FILTER (WHERE usable), sum(n)) AS n,
        count(*) FILTER (WHERE usable) AS m,
        max(n) AS most,
        avg(d) FILTER (WHERE usable) AS d,
        greatest(
            sum(CASE WHEN n >= 4 THEN unbiased ELSE growing + at_zero END) FILTER (WHERE usable),
            sum(growing + at_zero) FILTER (WHERE usable),
            0
        ) AS v,
        sum(at_zero) FILTER (WHERE usable) AS at_zero,
        sum(plain) FILTER (WHERE usable) AS plain,
        sum(slope) FILTER (WHERE usable) AS slope,
        any_value(lead) FILTER (WHERE usable) AS lead,
        any_value(reach) FILTER (WHERE usable) AS reach
    FROM levels
    GROUP BY ALL
),

lined AS (
    SELECT
        *,
        z * sqrt(v) / m AS wald,
        at_zero / m / m AS b,
        greatest(CASE WHEN plain > 1e-9 THEN (v - at_zero) / plain ELSE slope / m END, 0) / m AS a
    FROM sums
),

ends AS (
    SELECT
        *,
        d + z * z * a / 2 AS middle,
        sqrt(greatest(pow(2 * d + z * z * a, 2) - 4 * (d * d - z * z * b), 0)) / 2 AS half,
        (lead + z * z / 2) / (n + z * z) AS lead_middle,
        z / (n + z * z) * sqrt(lead * (n - lead) / n + z * z / 4) AS lead_half
    FROM lined
),

hulls AS (
    SELECT
        *,
        least(
            middle - half,
            d - wald,
            CASE WHEN m = 1 THEN reach * pow(greatest(lead_middle - lead_half - 1 / k, 0), 2) END
        ) AS low,
        greatest(
            middle + half,
            0,
            d + wald,
            CASE
                WHEN m = 1
                    THEN
                        reach
                        * pow(CASE WHEN lead = n THEN 1 ELSE lead_middle + lead_half END - 1 / k, 2)
            END
        ) AS high
    FROM ends
)

SELECT
    week, model, suite, suite_major, condition, prompt, turn, attribute,
    cast(NULL AS VARCHAR) AS reference,
    scale, labeler_version,
    'homogeneity' AS metric,
    cast(NULL AS VARCHAR) AS value_name,
    CASE WHEN most >= 5 AND k > 1 THEN d / (1 - 1 / k) END AS estimate,
    CASE WHEN most >= 5 AND k > 1 THEN low / (1 - 1 / k) END AS low,
    CASE WHEN most >= 5 AND k > 1 THEN least(high / (1 - 1 / k), 1) END AS high,
    n, m AS cells
FROM hulls
ORDER BY
    week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, attribute ASC, prompt ASC, turn ASC
