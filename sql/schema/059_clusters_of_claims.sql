-- What it makes: how alike the pictures behind a claim are that were drawn together, and how many count as
--   one.
-- Grain: that of claim_counts and claims.

ALTER TABLE claim_counts ADD COLUMN clusters INTEGER;
ALTER TABLE claim_counts ADD COLUMN cluster_cells INTEGER;
ALTER TABLE claim_counts ADD COLUMN cluster_squares DOUBLE;
ALTER TABLE claim_counts ADD COLUMN cluster_sharing DOUBLE;
ALTER TABLE claim_counts ADD COLUMN cluster_within DOUBLE;
ALTER TABLE claim_counts ADD COLUMN cluster_cell DOUBLE;
ALTER TABLE claims ADD COLUMN design_effect DOUBLE;

COMMENT ON COLUMN claim_counts.clusters IS
'identity: of how many jobs, calls or seeds the n pictures are, one without being its own; this and the next
columns: of claims, NULL where no two pictures are of one';
COMMENT ON COLUMN claim_counts.cluster_cells IS 'identity: prompts that they are of';
COMMENT ON COLUMN claim_counts.cluster_squares IS
'identity: sum over clusters of m squared, m their pictures';
COMMENT ON COLUMN claim_counts.cluster_sharing IS
'identity: sum over prompts of the mean number of pictures in the cluster of a picture';
COMMENT ON COLUMN claim_counts.cluster_within IS
'identity: sum over clusters of (x squared + (m - x) squared) / m, x the pictures that show the claim';
COMMENT ON COLUMN claim_counts.cluster_cell IS 'identity: the same sum over prompts';
COMMENT ON COLUMN claims.design_effect IS
'identity: how many pictures of the window count as one in the interval and the verdict; NULL: each counts,
since none were drawn together';
