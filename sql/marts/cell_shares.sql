-- Answers: which share of the assessed pictures of each prompt shows each value, with its interval?
-- Grain: week, model, suite, suite_major, prompt, turn, attribute, scale, value; values of the support only.
-- Weeks: own
-- Columns:
--   value: value, or band, that can be in a reference's support
--   pictures: number of pictures that show the value
--   n: number of pictures that show any value of the support; the denominator of share
--   share: pictures / n; NULL if n is 0
--   low: lower end of the 95 % Wilson interval, exactly 0 where no picture shows the value; NULL if n is 0;
--   where pictures were drawn together that of scores, of as many as they are worth
--   high: upper end of the 95 % Wilson interval, exactly 1 where all pictures show the value; NULL if n is 0;
--   where pictures were drawn together that of scores
-- Depends on: cell_counts, plan_scores, clusters.
WITH together AS (
    SELECT DISTINCT
        week, model
    FROM clusters
),

scored AS (
    SELECT
        plan_scores.week, plan_scores.model, plan_scores.suite, plan_scores.suite_major, plan_scores.prompt,
        plan_scores.turn, plan_scores.attribute,
        plan_scores.value_name AS value,
        plan_scores.low, plan_scores.high
    FROM plan_scores
    SEMI JOIN together ON plan_scores.week = together.week AND plan_scores.model = together.model
    WHERE plan_scores.metric = 'share' AND plan_scores.prompt IS NOT NULL
),

counted AS (
    SELECT
        *,
        cast(
            sum(pictures) OVER (
                PARTITION BY week, model, suite, suite_version, prompt, turn, attribute, scale
            ) AS BIGINT
        ) AS n
    FROM cell_counts
    WHERE in_support
),

shared AS (
    SELECT
        *,
        1.959963984540054 AS z,
        pictures / nullif(n, 0) AS share
    FROM counted
),

wilson AS (
    SELECT
        *,
        (share + z * z / (2 * n)) / (1 + z * z / n) AS middle,
        z / (1 + z * z / n) * sqrt(share * (1 - share) / n + z * z / (4 * n * n)) AS half
    FROM shared
)

SELECT
    wilson.week, wilson.model, wilson.series, wilson.track, wilson.simulated, wilson.suite,
    wilson.suite_major, wilson.prompt, wilson.language, wilson.subject, wilson.condition, wilson.turn,
    wilson.attribute, wilson.scale, wilson.value, wilson.pictures, wilson.n, wilson.share,
    CASE
        WHEN wilson.n = 0 THEN NULL
        WHEN scored.low IS NOT NULL THEN scored.low
        WHEN wilson.pictures = 0 THEN 0.0
        ELSE greatest(wilson.middle - wilson.half, 0.0)
    END AS low,
    CASE
        WHEN wilson.n = 0 THEN NULL
        WHEN scored.high IS NOT NULL THEN scored.high
        WHEN wilson.pictures = wilson.n THEN 1.0
        ELSE least(wilson.middle + wilson.half, 1.0)
    END AS high
FROM wilson
LEFT JOIN scored USING (week, model, suite, suite_major, prompt, turn, attribute, value)
