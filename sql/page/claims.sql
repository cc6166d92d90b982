-- Answers: what do models draw in four weeks of what was reported in 2023?
-- Grain: that of claim_shares, of one week; real models first.
-- Columns: of claim_shares, those that are shown.
-- Depends on: claim_shares, withheld
SELECT
    claim_shares.model, claim_shares.simulated, claim_shares.claim, claim_shares.part, claim_shares.k,
    claim_shares.n, claim_shares.worth, claim_shares.unseen, claim_shares.share, claim_shares.low,
    claim_shares.high, claim_shares.bound_low, claim_shares.bound_high, claim_shares.control_k,
    claim_shares.control_n, claim_shares.beside_k, claim_shares.verdict, claim_shares.reason
FROM claim_shares
ANTI JOIN withheld USING (week, model)
WHERE claim_shares.week = cast($week AS DATE)
ORDER BY claim_shares.simulated, claim_shares.model, claim_shares.claim, claim_shares.part
