-- What it makes: what labelers said of pictures, as loaded from label parts of the bucket.
-- Grain: stated at each table. A comment above a table or behind a column is its COMMENT in the database.

-- One row for each reading of an attribute by one labeler version.
-- Labels describe how depictions are perceived; the people do not exist.
-- Grain: slot_key, attribute, labeler, labeler_version.
CREATE TABLE labels (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    slot_key VARCHAR NOT NULL,  -- identity: key of the slot, 64 hexadecimal digits
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    labeler VARCHAR NOT NULL,  -- identity: name of the labeler
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler: declared number, hyphen, hash of
    -- what it is made of
    value VARCHAR NOT NULL,  -- identity: declared value, or invalid for an answer outside the list
    confidence DOUBLE,  -- identity: confidence of the reading (0 to 1); NULL if the labeler states none
    raw VARCHAR,  -- identity: the labeler's own words where they are not the value
    image_sha256 VARCHAR,  -- identity: SHA-256 of the picture that was looked at
    labeled_at TIMESTAMP  -- run time: when it was labelled (UTC)
);

-- One row for each call in which a vision model was asked to label pictures.
-- A labeler that declines is an outcome here and never a label.
-- Grain: week, model, call, attempt.
CREATE TABLE label_attempts (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the entry of the model whose pictures are labelled
    labeler VARCHAR NOT NULL,  -- identity: name of the labeler
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler: declared number, hyphen, hash of
    -- what it is made of
    call VARCHAR NOT NULL,  -- identity: id of the call, 32 hexadecimal digits: of the labeler version, the
    -- pictures and the attributes
    attempt INTEGER NOT NULL,  -- run time: number of the attempt for its call, from 1
    endpoint VARCHAR,  -- identity: path or method of the labeler's API
    model_requested VARCHAR,  -- identity: vision model that was asked for
    model_reported VARCHAR,  -- identity: vision model that the API says answered; NULL if it does not say
    images VARCHAR NOT NULL,  -- identity: SHA-256 of the pictures that were shown, as a JSON list
    attributes VARCHAR NOT NULL,  -- identity: attributes that were asked for of each picture, as a JSON list
    outcome VARCHAR NOT NULL,  -- identity: what the call ended with (table outcomes); ok: the labeler
    -- answered
    refused VARCHAR,  -- identity: attributes that the labeler declined although it answered others, as a JSON
    -- list
    refusal_text VARCHAR,  -- identity: words with which the labeler declined
    block_stage VARCHAR,  -- identity: where a filter blocked: input or output
    block_categories VARCHAR,  -- identity: categories that the filter named, as a JSON list
    error_code VARCHAR,  -- identity: the API's error code, raw
    error_type VARCHAR,  -- identity: the API's error type, raw
    error_message VARCHAR,  -- identity: the API's error message, raw
    http_status INTEGER,  -- identity: HTTP status code
    unmapped BOOLEAN,  -- identity: true if the labeler's error table has no row for the answer; NULL if it
    -- has one
    raw_body VARCHAR,  -- run time: the body of an answer that was not understood, cut to 20,000 characters;
    -- not published
    request_id VARCHAR,  -- run time: the API's id of the request; not published
    request_sha256 VARCHAR,  -- run time: SHA-256 of the API's id of the request, which its invoice and
    -- logs name; NULL if it gave none
    requested_at TIMESTAMP,  -- run time: when the call began (UTC)
    answered_at TIMESTAMP,  -- run time: when the answer was whole (UTC)
    latency_ms DOUBLE,  -- run time: time from call to answer in milliseconds
    usage VARCHAR,  -- identity: usage that the API reported, as JSON
    cost_usd DOUBLE,  -- run time: cost of the call in US dollars
    cost_basis VARCHAR,  -- identity: reported, computed or estimated
    expected_usd DOUBLE,  -- run time: what the price table expected the call to cost, in US dollars
    adapter_version VARCHAR,  -- run time: version of the adapter that made the call
    sdk_version VARCHAR,  -- run time: version of the API's library
    price_id VARCHAR  -- run time: names the price that held when the call was made, by a hash of its amounts;
    -- NULL: there was none
);
