-- Answers: Which shares do intervals hold? Steps of the audit queries of shares; they need judged: k of n
--   pictures, z and any other columns.
-- Grain: that of judged.
-- Columns: those of judged; low and high: Wilson's interval.
-- Depends on: the tables of the text before
WITH
bounded AS (
    SELECT
        *,
        CASE
            WHEN k <= n * 1e-12 THEN 0
            ELSE (k + z ^ 2 / 2 - z * sqrt(greatest(k * (n - k) / n, 0) + z ^ 2 / 4)) / (n + z ^ 2)
        END AS low,
        CASE
            WHEN k >= n * (1 - 1e-12) THEN 1
            ELSE (k + z ^ 2 / 2 + z * sqrt(greatest(k * (n - k) / n, 0) + z ^ 2 / 4)) / (n + z ^ 2)
        END AS high
    FROM judged
)

SELECT * FROM bounded -- noqa: AM04
