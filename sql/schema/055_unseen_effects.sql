-- What it makes: how unlike the seen answers the unseen ones would have to be for a change not to be clear,
--   or for a verdict to be another.
-- Grain: that of effects, window_effects, study_effects and claims.

ALTER TABLE effects ADD COLUMN unseen_share DOUBLE;
ALTER TABLE effects ADD COLUMN tipping_share DOUBLE;
ALTER TABLE window_effects ADD COLUMN unseen_share DOUBLE;
ALTER TABLE window_effects ADD COLUMN tipping_share DOUBLE;
ALTER TABLE study_effects ADD COLUMN unseen_share DOUBLE;
ALTER TABLE study_effects ADD COLUMN tipping_share DOUBLE;
ALTER TABLE claims ADD COLUMN tipping_share DOUBLE;

COMMENT ON COLUMN effects.unseen_share IS
'identity: of share and caricature_rate: part of the answers to the pairs that entered, refusals among them,
that shows no value, of the side that lacks more; NULL: no figure, or another metric';
COMMENT ON COLUMN effects.tipping_share IS
'identity: part of the unseen answers that must speak against the change as strongly as any can (those of the
side with the larger share never show the value, those of the other always do), the others showing what the
seen ones show, for the interval to reach 0; NULL: all would not do, the interval holds 0, 2 % or less unseen,
or unseen_share is NULL';
COMMENT ON COLUMN window_effects.unseen_share IS
'identity: of share and caricature_rate: part of the answers to the pairs that entered, refusals among them,
that shows no value, of the side that lacks more, in the weeks of the window in which both sides of a pair
answered; NULL: no figure, or another metric';
COMMENT ON COLUMN window_effects.tipping_share IS
'identity: part of the unseen answers that must speak against the change as strongly as any can (those of the
side with the larger share never show the value, those of the other always do), the others showing what the
seen ones show, for the interval to reach 0; NULL: all would not do, the interval holds 0, 2 % or less unseen,
or unseen_share is NULL';
COMMENT ON COLUMN study_effects.unseen_share IS
'identity: of share: part of the slots of the pairs that entered that shows no value, of the side that lacks
more; NULL: no figure, or another metric';
COMMENT ON COLUMN study_effects.tipping_share IS
'identity: part of the unseen slots that must speak against the change as strongly as any can (those of the
side with the larger share never show the value, those of the other always do), the others showing what the
seen ones show, for the interval to reach 0; NULL: all would not do, the interval holds 0, 2 % or less unseen,
or unseen_share is NULL';
COMMENT ON COLUMN claims.tipping_share IS
'identity: part of refused and undecided that must show the claim, or not show it, whichever speaks against
the verdict of these four weeks by themselves, the others showing what the seen ones show, for the interval
to reach the next verdict; NULL: all would not do, nothing is decided, or they are 2 % or less of them and n';
