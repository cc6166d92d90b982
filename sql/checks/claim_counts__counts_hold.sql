-- Answers: which counts of a claim of 2023 contradict each other, or stand twice?
-- Grain: that of claim_counts.
-- Columns: those that name the counts, and the counts; copies: how often the row is there.
-- Depends on: claim_counts.
-- Severity: critical
-- Stages: publish
-- Rule: Pictures that show a claim are among those that were assessed, these among all pictures, and pictures
--   and refusals among what was planned, of a version of the suite;
--   each model, claim, part and role has one row.
-- Says: counts of claims that contradict each other
SELECT
    week, model, claim, part, role, planned, pictures, refused, n, k, undecided, beside_k,
    count(*) OVER own AS copies
FROM claim_counts
WHERE week = $week AND ($model IS NULL OR model = $model)
WINDOW own AS (PARTITION BY week, model, claim, part, role)
QUALIFY
    copies > 1
    OR NOT (
        k BETWEEN 0 AND n
        AND beside_k BETWEEN 0 AND n
        AND undecided >= 0
        AND n + undecided <= pictures
        AND refused >= 0
        AND pictures + refused <= planned
        AND (planned > 0) = (suite_major IS NOT NULL)
        AND (corrected_share IS NULL OR corrected_share BETWEEN corrected_low AND corrected_high)
    )
