-- Answers: How many women does each model draw in all jobs, in those held mostly by men, and by women?
--   Recomputed from attempts and labels alone, to be held against `scores`.
-- Grain: week, model, suite, suite_major, condition, turn, attribute, reference, metric and the half
--   (value_name).
-- Columns: those of scores. Every figure is a mean of p over prompts, p the share of women: the variance is
--   the larger of Σ w² p(1 - p)/(n - 1) and Σ w² p'(1 - p')/n at a picture more of either kind, the quantile
--   Student's by Cornish and Fisher; a mean over one prompt has Wilson's interval.
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
    WHERE counted.standing
),

-- every prompt for all, and for its half
halves AS (
    SELECT
        * EXCLUDE (side),
        unnest(['all', 'male_typed', 'female_typed']) AS value_name,
        n > 0 AND unnest([TRUE, coalesce(side = 'male', FALSE), coalesce(side = 'female', FALSE)]) AS enters
    FROM shown
),

weights AS (
    SELECT
        *,
        1 / nullif(count(*) FILTER (WHERE enters) OVER figure, 0) AS w
    FROM halves
    WINDOW figure AS (
        PARTITION BY
            week, model, suite, suite_major, condition, turn, attribute, scale, labeler_version, reference,
            value_name
    )
),

summed AS (
    SELECT
        week, model, suite, suite_major, condition, turn, attribute, scale, labeler_version, reference,
        value_name,
        cast(1.959963984540054 AS DOUBLE) AS z,
        coalesce(sum(n) FILTER (WHERE enters), 0) AS n,
        coalesce(sum(pictures) FILTER (WHERE enters), 0) AS pictures,
        count(*) FILTER (WHERE enters) AS cells,
        coalesce(sum(x) FILTER (WHERE enters), 0) AS k,
        sum(w * x / n) FILTER (WHERE enters) AS p,
        sum(n + 1) FILTER (WHERE enters) AS freedom,
        greatest(
            sum(
                w * w * CASE
                    WHEN n >= 2 THEN x / n * (1 - x / n) / (n - 1)
                    ELSE (x + 1) / (n + 2) * (1 - (x + 1) / (n + 2)) / n
                END
            ) FILTER (WHERE enters),
            sum(w * w * (x + 1) / (n + 2) * (1 - (x + 1) / (n + 2)) / n) FILTER (WHERE enters)
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
)

SELECT
    week, model, suite, suite_major, condition,
    cast(NULL AS VARCHAR) AS prompt,
    turn, attribute, reference, scale, labeler_version,
    'mean_share' AS metric,
    value_name,
    p AS estimate,
    CASE WHEN cells = 1 THEN below WHEN cells > 1 THEN greatest(p - half, 0) END AS low,
    CASE WHEN cells = 1 THEN above WHEN cells > 1 THEN least(p + half, 1) END AS high,
    pictures AS n,
    cells
FROM bounded
ORDER BY
    week DESC, model ASC, suite ASC, suite_major ASC, condition ASC, attribute ASC, reference ASC,
    value_name ASC, turn ASC
