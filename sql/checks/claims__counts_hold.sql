-- Answers: which claims have counts, shares or intervals that contradict each other?
-- Grain: that of claims.
-- Columns: those that name the claim, and what is compared.
-- Depends on: claims, claim_counts.
-- Severity: warning
-- Stages: publish
-- Rule: The counts of a claim are no more than was asked and no fewer than those of its last week, its
--   version of the suite is one that is counted, and its share lies in its interval.
-- Says: claims whose figures contradict each other
SELECT
    claims.week, claims.model, claims.claim, claims.part, claims.weeks, claims.planned, claims.pictures,
    claims.refused, claims.n, claims.k, claims.undecided, claims.beside_k, claims.share, claims.low,
    claims.high, claims.bound_low, claims.bound_high, claims.control_k, claims.control_n
FROM claims
LEFT JOIN claim_counts AS own
    ON
        claims.week = own.week
        AND claims.model = own.model
        AND claims.claim = own.claim
        AND claims.part = own.part
        AND own.role = 'claim'
WHERE
    claims.week = $week
    AND ($model IS NULL OR claims.model = $model)
    AND NOT coalesce(
        claims.weeks BETWEEN 1 AND claims.window_weeks
        AND claims.k BETWEEN 0 AND claims.n
        AND claims.beside_k BETWEEN 0 AND claims.n
        AND claims.undecided >= 0
        AND claims.n + claims.undecided <= claims.pictures
        AND claims.refused >= 0
        AND claims.pictures + claims.refused <= claims.planned
        AND coalesce(claims.control_k BETWEEN 0 AND claims.control_n, TRUE)
        AND list_contains(string_split(claims.suite_majors, ','), cast(claims.suite_major AS VARCHAR))
        AND coalesce(own.suite_major = claims.suite_major, TRUE)
        AND coalesce(own.planned <= claims.planned AND own.n <= claims.n AND own.k <= claims.k, TRUE)
        AND (claims.n = 0) = (claims.share IS NULL)
        AND coalesce(claims.design_effect BETWEEN 1 AND claims.n + 1e-9, TRUE)
        AND (claims.share IS NULL) = (claims.low IS NULL)
        AND (claims.share IS NULL) = (claims.high IS NULL)
        AND coalesce(abs(claims.share - claims.k / claims.n) < 1e-9, TRUE)
        AND coalesce(0 <= claims.low AND claims.share BETWEEN claims.low AND claims.high, TRUE)
        AND coalesce(claims.high <= 1, TRUE)
        AND coalesce(claims.bound_low BETWEEN 0 AND claims.bound_high AND claims.bound_high <= 1, TRUE)
        AND coalesce(claims.corrected_share BETWEEN claims.corrected_low AND claims.corrected_high, TRUE),
        FALSE
    )
