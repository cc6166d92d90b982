-- Answers: what was counted of each claim, in all weeks?
-- Grain: that of claim_counts; weeks in which a model was withheld are left out.
-- Columns: those of claim_counts.
-- Depends on: claim_counts, withheld
SELECT
    claim_counts.week, claim_counts.model, claim_counts.series, claim_counts.params_hash,
    claim_counts.track, claim_counts.simulated, claim_counts.claim, claim_counts.part,
    claim_counts.role, claim_counts.suite_major, claim_counts.planned, claim_counts.pictures,
    claim_counts.refused, claim_counts.n, claim_counts.k, claim_counts.undecided, claim_counts.beside_k,
    claim_counts.corrected_share, claim_counts.corrected_low, claim_counts.corrected_high,
    claim_counts.corrected_reason
FROM claim_counts
ANTI JOIN withheld USING (week, model)
ORDER BY
    claim_counts.model, claim_counts.series, claim_counts.params_hash, claim_counts.claim,
    claim_counts.part, claim_counts.role, claim_counts.week
