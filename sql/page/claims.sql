-- Answers: what do models draw in four weeks of what was reported in 2023?
-- Grain: that of claims, of one week; real models first.
-- Columns: of claims, those that are shown.
-- Depends on: claims, withheld
SELECT
    claims.model, claims.simulated, claims.claim, claims.part, claims.prompts, claims.planned,
    claims.pictures, claims.refused, claims.n, claims.k, claims.beside_k, claims.share, claims.low,
    claims.high, claims.bound_low, claims.bound_high, claims.refused_share, claims.control_k,
    claims.control_n,
    claims.control_share, claims.corrected_share, claims.corrected_low, claims.corrected_high,
    claims.block_end, claims.verdict, claims.reason
FROM claims
ANTI JOIN withheld USING (week, model)
WHERE claims.week = cast($week AS DATE)
ORDER BY claims.simulated, claims.model, claims.claim, claims.part
