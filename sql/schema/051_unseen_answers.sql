-- What it makes: how unlike the seen answers the unseen ones would have to be for a rank to change.
-- Grain: that of model_pairs, study_pairs, ranks and study_ranks.

ALTER TABLE model_pairs ADD COLUMN unseen_share DOUBLE;
ALTER TABLE model_pairs ADD COLUMN gamma DOUBLE;
ALTER TABLE model_pairs ADD COLUMN holds_at_bounds BOOLEAN;
ALTER TABLE model_pairs ADD COLUMN tipping_share DOUBLE;
ALTER TABLE study_pairs ADD COLUMN unseen_share DOUBLE;
ALTER TABLE study_pairs ADD COLUMN gamma DOUBLE;
ALTER TABLE study_pairs ADD COLUMN holds_at_bounds BOOLEAN;
ALTER TABLE ranks ADD COLUMN gamma DOUBLE;
ALTER TABLE ranks ADD COLUMN bound_rank_low INTEGER;
ALTER TABLE ranks ADD COLUMN bound_rank_high INTEGER;
ALTER TABLE ranks ADD COLUMN tipping_share DOUBLE;
ALTER TABLE study_ranks ADD COLUMN gamma DOUBLE;
ALTER TABLE study_ranks ADD COLUMN bound_rank_low INTEGER;
ALTER TABLE study_ranks ADD COLUMN bound_rank_high INTEGER;

COMMENT ON COLUMN model_pairs.unseen_share IS
'identity: part of the answers on common prompts that shows no value, of the one of the two that lacks more';
COMMENT ON COLUMN model_pairs.gamma IS
'identity: least factor by which odds of a value must be off among the unseen for them not to be told apart;
NULL: none up to 100, not told apart, 2 % or less unseen, or a board of shares';
COMMENT ON COLUMN model_pairs.holds_at_bounds IS
'identity: whether they are told apart whatever the unseen answers would have shown;
NULL: not told apart, or 2 % or less unseen';
COMMENT ON COLUMN model_pairs.tipping_share IS
'identity: part of the unseen that must speak against the order as strongly as any can for them not to be told
apart; NULL: all would not do, not told apart, 2 % or less unseen, or a board of distances';
COMMENT ON COLUMN study_pairs.unseen_share IS
'identity: part of the slots of common prompts that shows no value, of the one of the two that lacks more';
COMMENT ON COLUMN study_pairs.gamma IS
'identity: least factor by which odds of a value must be off among the unseen for them not to be told apart;
NULL: none up to 100, not told apart, or 2 % or less unseen';
COMMENT ON COLUMN study_pairs.holds_at_bounds IS
'identity: whether they are told apart whatever the unseen slots would have shown;
NULL: not told apart, or 2 % or less unseen';
COMMENT ON COLUMN ranks.gamma IS 'identity: smallest gamma of its pairs; NULL if none has one';
COMMENT ON COLUMN ranks.bound_rank_low IS
'identity: rank_low if only pairs count that are told apart whatever the unseen answers would have shown;
NULL: not ranked, or 2 % or less unseen in each pair';
COMMENT ON COLUMN ranks.bound_rank_high IS 'identity: rank_high likewise';
COMMENT ON COLUMN ranks.tipping_share IS
'identity: smallest tipping_share of its pairs; NULL if none has one';
COMMENT ON COLUMN study_ranks.gamma IS 'identity: smallest gamma of its pairs; NULL if none has one';
COMMENT ON COLUMN study_ranks.bound_rank_low IS
'identity: rank_low if only pairs count that are told apart whatever the unseen slots would have shown;
NULL: not ranked, or 2 % or less unseen in each pair';
COMMENT ON COLUMN study_ranks.bound_rank_high IS 'identity: rank_high likewise';
