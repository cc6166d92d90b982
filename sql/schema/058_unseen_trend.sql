-- What it makes: whether answers are unseen more often for prompts of which a model shows more of something.
-- Grain: that of model_pairs, study_pairs, ranks and study_ranks.

ALTER TABLE model_pairs ADD COLUMN unseen_trend BOOLEAN;
ALTER TABLE study_pairs ADD COLUMN unseen_trend BOOLEAN;
ALTER TABLE ranks ADD COLUMN unseen_value VARCHAR;
ALTER TABLE ranks ADD COLUMN unseen_correlation DOUBLE;
ALTER TABLE ranks ADD COLUMN unseen_p_value DOUBLE;
ALTER TABLE study_ranks ADD COLUMN unseen_value VARCHAR;
ALTER TABLE study_ranks ADD COLUMN unseen_correlation DOUBLE;
ALTER TABLE study_ranks ADD COLUMN unseen_p_value DOUBLE;

COMMENT ON COLUMN model_pairs.unseen_trend IS
'identity: whether the unseen part of the answers of one of the two goes along, over prompts, with what it
shows (unseen_p_value of ranks at most 0.025)';
COMMENT ON COLUMN model_pairs.gamma IS
'identity: least factor by which odds of a value must be off among the unseen for them not to be told apart;
NULL: none up to 100, not told apart, 2 % or less unseen without a trend, or a board of shares';
COMMENT ON COLUMN model_pairs.holds_at_bounds IS
'identity: whether they are told apart whatever the unseen answers would have shown;
NULL: not told apart, or 2 % or less unseen without a trend';
COMMENT ON COLUMN study_pairs.unseen_trend IS 'identity: as in model_pairs';
COMMENT ON COLUMN ranks.unseen_value IS
'identity: value whose share goes along most, over ten prompts or more, with the unseen part of the answers;
NULL: not ranked, fewer prompts, the same part unseen of each, or a board of shares';
COMMENT ON COLUMN ranks.unseen_correlation IS 'identity: rank correlation (Spearman) of the two over prompts';
COMMENT ON COLUMN ranks.unseen_p_value IS
'identity: how often the unseen part would go along with some value as much by chance';
COMMENT ON COLUMN ranks.bound_rank_low IS
'identity: rank_low if only pairs count that are told apart whatever the unseen answers would have shown;
NULL: not ranked, or 2 % or less unseen in each pair, without a trend';
COMMENT ON COLUMN study_ranks.unseen_value IS 'identity: as in ranks';
COMMENT ON COLUMN study_ranks.unseen_correlation IS 'identity: as in ranks';
COMMENT ON COLUMN study_ranks.unseen_p_value IS 'identity: as in ranks';
