-- What it makes: which price of its entry a call was made at.
-- Grain: as before. Calls of before have none.

ALTER TABLE attempts ADD COLUMN price_id VARCHAR;
ALTER TABLE label_attempts ADD COLUMN price_id VARCHAR;

COMMENT ON COLUMN attempts.price_id IS
'run time: names the price that held when the call was made, by a hash of its amounts; NULL: there was none';
COMMENT ON COLUMN label_attempts.price_id IS
'run time: names the price that held when the call was made, by a hash of its amounts; NULL: there was none';
