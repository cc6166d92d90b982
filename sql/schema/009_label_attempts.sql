-- What it makes: the calls of labelers that are asked over a network and cost money.
-- Grain: call, attempt. `assets.labeling.attempts` holds the same columns for Python; a test compares them.

CREATE TABLE label_attempts (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    call VARCHAR NOT NULL,
    attempt INTEGER NOT NULL,
    endpoint VARCHAR,
    model_requested VARCHAR,
    model_reported VARCHAR,
    images VARCHAR NOT NULL,
    attributes VARCHAR NOT NULL,
    outcome VARCHAR NOT NULL,
    refused VARCHAR,
    refusal_text VARCHAR,
    block_stage VARCHAR,
    block_categories VARCHAR,
    error_code VARCHAR,
    error_type VARCHAR,
    error_message VARCHAR,
    http_status INTEGER,
    unmapped BOOLEAN,
    raw_body VARCHAR,
    request_id VARCHAR,
    requested_at TIMESTAMP,
    answered_at TIMESTAMP,
    latency_ms DOUBLE,
    usage VARCHAR,
    cost_usd DOUBLE,
    cost_basis VARCHAR,
    expected_usd DOUBLE,
    adapter_version VARCHAR,
    sdk_version VARCHAR
);

COMMENT ON TABLE label_attempts IS
'One row for each call in which a vision model was asked to label pictures.
A labeler that declines is an outcome here and never a label.
Grain: call, attempt.';
COMMENT ON COLUMN label_attempts.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN label_attempts.model IS
'identity: name of the entry of the model whose pictures are labelled';
COMMENT ON COLUMN label_attempts.labeler IS 'identity: name of the labeler';
COMMENT ON COLUMN label_attempts.labeler_version IS
'identity: version of the labeler: declared number, hyphen, hash of what it is made of';
COMMENT ON COLUMN label_attempts.call IS
'identity: id of the call, 32 hexadecimal digits: of the labeler version, the pictures and the attributes';
COMMENT ON COLUMN label_attempts.attempt IS 'run time: number of the attempt for its call, from 1';
COMMENT ON COLUMN label_attempts.endpoint IS 'identity: path or method of the labeler''s API';
COMMENT ON COLUMN label_attempts.model_requested IS 'identity: vision model that was asked for';
COMMENT ON COLUMN label_attempts.model_reported IS
'identity: vision model that the API says answered; NULL if it does not say';
COMMENT ON COLUMN label_attempts.images IS
'identity: SHA-256 of the pictures that were shown, as a JSON list';
COMMENT ON COLUMN label_attempts.attributes IS
'identity: attributes that were asked for of each picture, as a JSON list';
COMMENT ON COLUMN label_attempts.outcome IS
'identity: what the call ended with (table outcomes); ok: the labeler answered';
COMMENT ON COLUMN label_attempts.refused IS
'identity: attributes that the labeler declined although it answered others, as a JSON list';
COMMENT ON COLUMN label_attempts.refusal_text IS 'identity: words with which the labeler declined';
COMMENT ON COLUMN label_attempts.block_stage IS 'identity: where a filter blocked: input or output';
COMMENT ON COLUMN label_attempts.block_categories IS
'identity: categories that the filter named, as a JSON list';
COMMENT ON COLUMN label_attempts.error_code IS 'identity: the API''s error code, raw';
COMMENT ON COLUMN label_attempts.error_type IS 'identity: the API''s error type, raw';
COMMENT ON COLUMN label_attempts.error_message IS 'identity: the API''s error message, raw';
COMMENT ON COLUMN label_attempts.http_status IS 'identity: HTTP status code';
COMMENT ON COLUMN label_attempts.unmapped IS
'identity: true if the labeler''s error table has no row for the answer; NULL if it has one';
COMMENT ON COLUMN label_attempts.raw_body IS
'run time: the body of an answer that was not understood, cut to 20,000 characters; not published';
COMMENT ON COLUMN label_attempts.request_id IS 'run time: the API''s id of the request; not published';
COMMENT ON COLUMN label_attempts.requested_at IS 'run time: when the call began (UTC)';
COMMENT ON COLUMN label_attempts.answered_at IS 'run time: when the answer was whole (UTC)';
COMMENT ON COLUMN label_attempts.latency_ms IS 'run time: time from call to answer in milliseconds';
COMMENT ON COLUMN label_attempts.usage IS 'identity: usage that the API reported, as JSON';
COMMENT ON COLUMN label_attempts.cost_usd IS 'run time: cost of the call in US dollars';
COMMENT ON COLUMN label_attempts.cost_basis IS 'identity: reported, computed or estimated';
COMMENT ON COLUMN label_attempts.expected_usd IS
'run time: what the price table expected the call to cost, in US dollars';
COMMENT ON COLUMN label_attempts.adapter_version IS 'run time: version of the adapter that made the call';
COMMENT ON COLUMN label_attempts.sdk_version IS 'run time: version of the API''s library';
