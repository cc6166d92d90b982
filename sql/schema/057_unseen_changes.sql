-- What it makes: how unlike the seen answers the unseen ones would have to be for a change over weeks not to
--   be clear.
-- Grain: that of drift_events.

ALTER TABLE drift_events ADD COLUMN unseen_share DOUBLE;
ALTER TABLE drift_events ADD COLUMN tipping_share DOUBLE;

COMMENT ON COLUMN drift_events.unseen_share IS
'identity: part of the answers to the changed prompts, refusals among them, that shows no value, of the weeks
before or since, whichever lack more; NULL: refusals';
COMMENT ON COLUMN drift_events.tipping_share IS
'identity: part of the unseen answers that must speak against the change as strongly as any can (those of the
side with the larger share never show the value, those of the other always do), the others showing what the
seen ones show, for the interval to reach 0; NULL: all would not do, the interval holds 0, 2 % or less unseen,
or refusals';
