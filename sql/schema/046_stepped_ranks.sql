-- What it makes: what the columns of pairs say since they are tested step by step.
-- Grain: that of model_pairs and study_pairs.

COMMENT ON COLUMN model_pairs.adjusted_low IS
'identity: lower end at the level of the last step of the test of all pairs of a board (Holm, 5 %)';
COMMENT ON COLUMN study_pairs.adjusted_low IS
'identity: lower end at the level of the last step of the test of all pairs of a table (Holm, 5 %)';
