-- Answers: which share of the assessed pictures of each prompt of a week shows each value?
-- Grain: week, model, suite, suite_major, prompt, turn, attribute, scale, value; values of the support
--   only.
-- Weeks: own
-- Columns:
--   value: value, or band, that can be in a yardstick's support
--   scale: bands of the attribute that values are counted in; empty text where there are none
--   pictures: number of pictures that show the value
--   n: number of pictures that show any value of the support; the denominator of share
--   share: pictures / n; NULL if n is 0. A week has no interval: that of the four weeks that end with
--     it is in figures
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
)

SELECT
    week, model, series, track, simulated, suite, suite_major, prompt, language, subject, condition, turn,
    attribute, scale, value, pictures, n,
    pictures / nullif(n, 0) AS share
FROM counted
