-- Answers: which share of the assessed pictures of each prompt shows each value, with its interval?
-- Grain: week, model, suite, suite_major, prompt, turn, attribute, scale, value; values of the support only.
-- Weeks: own
-- Columns:
--   value: value, or band, that can be in a reference's support
--   pictures: number of pictures that show the value
--   n: number of pictures that show any value of the support; the denominator of share
--   share: pictures / n; NULL if n is 0
--   low: lower end of the 95 % Wilson interval, exactly 0 where no picture shows the value; NULL if n is 0
--   high: upper end of the 95 % Wilson interval, exactly 1 where all pictures show the value; NULL if n is 0
-- Depends on: cell_counts.
WITH counted AS (
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
    week, model, series, track, simulated, suite, suite_major, prompt, language, subject, condition, turn,
    attribute, scale, value, pictures, n, share,
    CASE WHEN n = 0 THEN NULL WHEN pictures = 0 THEN 0.0 ELSE greatest(middle - half, 0.0) END AS low,
    CASE WHEN n = 0 THEN NULL WHEN pictures = n THEN 1.0 ELSE least(middle + half, 1.0) END AS high
FROM wilson
