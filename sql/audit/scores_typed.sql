-- Answers: How far does each model go along with a statistic, in which direction, and in which half?
--   Recomputed from attempts and labels alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, turn, attribute, reference, metric, and of mean_share
--   the half (value_name).
-- Columns: those of scores. Every figure is Σ w p - c over prompts, p the share of women: the variance is the
--   larger of Σ w² p(1 - p)/(n - 1) and Σ w² p'(1 - p')/n at a picture more of either kind, half a one for
--   tilt, the quantile Student's by Cornish and Fisher; a mean over one prompt has Wilson's interval.
-- Depends on: slots, prompts, prompt_attributes, attribute_values, typed_subjects, reference_values, plans,
--   attempts, outcomes, labels, clusters
-- Uses: read_from_labels
WITH
-- Uses: worth

-- Uses: stated_shares
statistics AS (
    SELECT DISTINCT
        suite, suite_major, attribute, value, reference
    FROM typed_subjects
),

-- pictures that show a value which the statistic's row names
assessed AS (
    SELECT
        counted.week, counted.model, counted.suite, counted.suite_major, counted.prompt, counted.turn,
        counted.attribute, stated.reference,
        sum(counted.x) AS n
    FROM counted
    INNER JOIN stated USING (week, model, suite, suite_major, prompt, attribute, value)
    GROUP BY ALL
),

shown AS (
    SELECT
        counted.week, counted.model, counted.suite, counted.suite_major, counted.condition, counted.turn,
        counted.attribute, counted.scale, counted.labeler_version, statistics.reference,
        counted.x / counted.effect AS x,
        coalesce(assessed.n, counted.n) / counted.effect AS n,
        coalesce(assessed.n, counted.n) AS pictures,
        stated.expected_share AS q,
        typed_subjects.side
    FROM worth AS counted
    INNER JOIN statistics USING (suite, suite_major, attribute, value)
    LEFT JOIN typed_subjects
        ON
            statistics.suite = typed_subjects.suite
            AND statistics.suite_major = typed_subjects.suite_major
            AND statistics.attribute = typed_subjects.attribute
            AND statistics.reference = typed_subjects.reference
            AND counted.subject = typed_subjects.subject
    LEFT JOIN assessed
        ON
            counted.week = assessed.week
            AND counted.model = assessed.model
            AND counted.suite = assessed.suite
            AND counted.suite_major = assessed.suite_major
            AND counted.prompt = assessed.prompt
            AND counted.turn = assessed.turn
            AND counted.attribute = assessed.attribute
            AND statistics.reference = assessed.reference
    LEFT JOIN stated
        ON
            counted.week = stated.week
            AND counted.model = stated.model
            AND counted.suite = stated.suite
            AND counted.suite_major = stated.suite_major
            AND counted.prompt = stated.prompt
            AND counted.attribute = stated.attribute
            AND counted.value = stated.value
            AND statistics.reference = stated.reference
    WHERE counted.standing
),

-- which prompts enter which figure, with the sign in which it counts women
wanted AS (
    SELECT
        shown.*,
        figures.metric, figures.value_name, figures.sign,
        shown.n > 0 AND CASE figures.takes
            WHEN 'all' THEN TRUE
            WHEN 'known' THEN shown.q IS NOT NULL
            WHEN 'stated male' THEN shown.q IS NOT NULL AND shown.side = 'male'
            WHEN 'stated female' THEN shown.q IS NOT NULL AND shown.side = 'female'
            ELSE coalesce(shown.side = figures.takes, FALSE)
        END AS enters
    FROM shown
    CROSS JOIN (
        VALUES
        ('tilt', NULL, 1, 'known'),
        ('level', NULL, 1, 'known'),
        ('exaggeration_male_typed', NULL, -1, 'stated male'),
        ('exaggeration_female_typed', NULL, 1, 'stated female'),
        ('mean_share', 'all', 1, 'all'),
        ('mean_share', 'male_typed', 1, 'male'),
        ('mean_share', 'female_typed', 1, 'female')
    ) AS figures (metric, value_name, sign, takes)
),

weights AS (
    SELECT
        *,
        CASE
            WHEN metric = 'tilt'
                THEN (q - 0.5) / nullif(sum(pow(q - 0.5, 2)) FILTER (WHERE enters) OVER figure, 0)
            ELSE 1 / nullif(count(*) FILTER (WHERE enters) OVER figure, 0)
        END AS w,
        CASE
            WHEN metric = 'tilt' THEN 0.5
            WHEN metric = 'mean_share' THEN 0
            ELSE q
        END AS base,
        CASE WHEN metric = 'tilt' THEN 0.5 ELSE 1 END AS c
    FROM wanted
    WINDOW figure AS (
        PARTITION BY
            week, model, suite, suite_major, condition, turn, attribute, scale, labeler_version, reference,
            metric, value_name
    )
),

summed AS (
    SELECT
        week, model, suite, suite_major, condition, turn, attribute, scale, labeler_version, reference,
        metric, value_name, sign,
        cast(1.959963984540054 AS DOUBLE) AS z,
        coalesce(sum(n) FILTER (WHERE enters), 0) AS n,
        coalesce(sum(pictures) FILTER (WHERE enters), 0) AS pictures,
        count(*) FILTER (WHERE enters) AS cells,
        coalesce(sum(x) FILTER (WHERE enters), 0) AS k,
        count(*) FILTER (WHERE enters AND abs(q - 0.5) >= 0.1 - 1e-9) AS typed,
        sum(w * x / n) FILTER (WHERE enters) AS p,
        sum(w * base) FILTER (WHERE enters) AS taken,
        sum(n + 1) FILTER (WHERE enters) AS freedom,
        greatest(
            sum(
                w * w * CASE
                    WHEN n >= 2 THEN x / n * (1 - x / n) / (n - 1)
                    ELSE (x + c) / (n + 2 * c) * (1 - (x + c) / (n + 2 * c)) / n
                END
            ) FILTER (WHERE enters),
            sum(w * w * (x + c) / (n + 2 * c) * (1 - (x + c) / (n + 2 * c)) / n) FILTER (WHERE enters)
        ) AS variance
    FROM weights
    GROUP BY ALL
),

bounded AS (
    SELECT
        *,
        (
            z + (pow(z, 3) + z) / 4 / freedom
            + (5 * pow(z, 5) + 16 * pow(z, 3) + 3 * z) / 96 / pow(freedom, 2)
            + (3 * pow(z, 7) + 19 * pow(z, 5) + 17 * pow(z, 3) - 15 * z) / 384 / pow(freedom, 3)
            + (79 * pow(z, 9) + 776 * pow(z, 7) + 1482 * pow(z, 5) - 1920 * pow(z, 3) - 945 * z)
            / 92160 / pow(freedom, 4)
        ) * sqrt(variance) AS half,
        CASE
            WHEN k = 0 THEN 0
            ELSE (k + z * z / 2) / (n + z * z) - z / (n + z * z) * sqrt(k * (n - k) / n + z * z / 4)
        END AS below,
        CASE
            WHEN k = n THEN 1
            ELSE (k + z * z / 2) / (n + z * z) + z / (n + z * z) * sqrt(k * (n - k) / n + z * z / 4)
        END AS above
    FROM summed
),

-- the ends of Σ w p; means are clipped to what is possible
ends AS (
    SELECT
        *,
        CASE
            WHEN metric = 'tilt' THEN p - half
            WHEN cells = 1 THEN below
            ELSE greatest(p - half, 0)
        END AS from_p,
        CASE
            WHEN metric = 'tilt' THEN p + half
            WHEN cells = 1 THEN above
            ELSE least(p + half, 1)
        END AS to_p
    FROM bounded
    WHERE metric <> 'tilt' OR typed >= 5
    UNION ALL BY NAME
    SELECT
        * EXCLUDE (p, below, above, half),
        NULL AS p
    FROM bounded
    WHERE metric = 'tilt' AND typed < 5
)

SELECT
    week, model, suite, suite_major, condition,
    cast(NULL AS VARCHAR) AS prompt,
    turn, attribute, reference, scale, labeler_version, metric, value_name,
    sign * (p - taken) AS estimate,
    CASE WHEN sign > 0 THEN from_p - taken ELSE taken - to_p END AS low,
    CASE WHEN sign > 0 THEN to_p - taken ELSE taken - from_p END AS high,
    pictures AS n,
    cells
FROM ends
ORDER BY
    week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, attribute ASC, reference ASC, metric ASC,
    value_name ASC, turn ASC
