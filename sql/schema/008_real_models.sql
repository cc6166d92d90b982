-- What it makes: what a receipt keeps of answers that no error table knows, and what a call was to cost.
-- Grain: as before. Attempts of before have neither, and stay as they are.

ALTER TABLE attempts ADD COLUMN unmapped BOOLEAN;
ALTER TABLE attempts ADD COLUMN raw_body VARCHAR;
ALTER TABLE attempts ADD COLUMN expected_usd DOUBLE;

COMMENT ON COLUMN attempts.unmapped IS
'identity: true if the provider''s error table has no row for the answer; NULL if it has or needs none';
COMMENT ON COLUMN attempts.raw_body IS
'run time: the body of an answer that was not understood, cut to 20,000 characters; not published';
COMMENT ON COLUMN attempts.expected_usd IS
'run time: what the price table expected the call to cost, in US dollars';
