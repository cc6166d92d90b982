-- What it makes: an outcome of its own for an empty answer; a lost call no longer settles its slot.
-- Grain: as before. Receipts of before stay as they were recorded.

INSERT INTO outcomes (outcome, outcome_group, final) VALUES ('empty_answer', 'bad_data', FALSE);

UPDATE outcomes SET final = FALSE
WHERE outcome = 'unknown_charge';

COMMENT ON COLUMN outcomes.final IS
'identity: true if one attempt with this outcome settles a slot; without one the last attempt decides';
