-- What it makes: clusters hold refusals, too: a call that asks for four pictures and is refused refuses four
--   slots together. No receipt of before says so of a refusal.
-- Grain: that of clusters.

COMMENT ON TABLE clusters IS
'One row for each picture that was drawn by a job or call, or from a seed, that may have drawn others, and for
each refusal of such a call: those of one cluster are not independent. An answer without a row is its own.
Grain: week, model, slot_key.';
COMMENT ON COLUMN clusters.week IS 'identity: Monday of the week that was asked in';
COMMENT ON COLUMN clusters.slot_key IS 'identity: the slot that the picture or the refusal answers';
