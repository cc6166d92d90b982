-- Answers: what was counted of each claim, in all weeks?
-- Grain: that of claim_counts; weeks in which a model was withheld are left out.
-- Columns: those of claim_counts.
-- Depends on: claim_counts, withheld
SELECT
    every.week, every.model, every.series, every.params_hash, every.track, every.simulated, every.claim,
    every.part, every.role, every.suite_major, every.planned, every.pictures, every.refused, every.n, every.k,
    every.undecided, every.beside_k, every.corrected_share, every.corrected_low, every.corrected_high,
    every.corrected_reason, every.clusters, every.cluster_cells, every.cluster_squares, every.cluster_sharing,
    every.cluster_within, every.cluster_cell
FROM claim_counts AS every
ANTI JOIN withheld USING (week, model)
ORDER BY every.model, every.series, every.params_hash, every.claim, every.part, every.role, every.week
