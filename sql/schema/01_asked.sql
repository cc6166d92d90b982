-- What it makes: what was planned, asked and answered, as loaded from plans and receipts of the bucket.
-- Grain: stated at each table. A comment above a table or behind a column is its COMMENT in the database.

-- One row for each partition: what a model was to be asked in a week, as planned before the first call.
-- Grain: week, model.
CREATE TABLE plans (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    series VARCHAR NOT NULL,  -- identity: name of the series that the pictures belong to
    params_hash VARCHAR NOT NULL,  -- identity: first eight hexadecimal digits of the SHA-256 of the
    -- parameters
    provider VARCHAR NOT NULL,  -- identity: provider that was asked
    model_id VARCHAR NOT NULL,  -- identity: what the provider calls the model
    track VARCHAR NOT NULL,  -- identity: model (the image API) or system (a chat product that rewrites
    -- prompts); never ranked together
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model
    params VARCHAR NOT NULL,  -- identity: parameters of every call, as canonical JSON
    labeler VARCHAR NOT NULL,  -- identity: name of the labeler whose labels the partition is scored by
    from_week DATE,  -- identity: first week in which the model is to be asked; NULL if not limited
    until_week DATE,  -- identity: last week in which the model is to be asked; NULL if not limited
    succeeds VARCHAR,  -- identity: model or series that this one follows; NULL if none
    maker VARCHAR,  -- identity: who makes the model; NULL where its entry does not state it
    weights VARCHAR,  -- identity: open (anybody can download them) or closed; NULL where not stated
    completeness_floor DOUBLE NOT NULL,  -- identity: least completeness (a share, 0 to 1) at which the week
    -- is published, as of its last check
    plan_sha256 VARCHAR NOT NULL  -- identity: SHA-256 of the plan's bytes in the bucket
);

-- One row for each partition: what people call the model, as its entry said when the week was planned.
-- Grain: week, model.
CREATE TABLE model_titles (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    title VARCHAR NOT NULL  -- identity: its title; the name where the entry had none
);

-- One row for each prompt of each suite that a partition planned, those without a slot (not asked) included.
-- Grain: week, model, suite, suite_major, prompt.
CREATE TABLE prompts (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_version VARCHAR NOT NULL,  -- identity: full version of the suite (major.minor.patch)
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; a new one starts new series
    suite_hash VARCHAR NOT NULL,  -- identity: SHA-256 of the suite's content
    prompt VARCHAR NOT NULL,  -- identity: prompt, written suite/prompt
    language VARCHAR NOT NULL,  -- identity: language of the text
    subject VARCHAR NOT NULL,  -- identity: what is asked for, written kind:name (person:indian,
    -- occupation:ceo)
    condition VARCHAR NOT NULL,  -- identity: baseline, controlled (asks for diversity) or confronted (asked
    -- in a conversation)
    text VARCHAR NOT NULL,  -- identity: text that is sent, word for word; of a conversation its first turn
    turns INTEGER NOT NULL  -- identity: number of turns; 1 for an ordinary prompt
);

-- One row for each attribute that is looked for in the pictures of a prompt (table prompts).
-- Grain: week, model, suite, suite_major, prompt, attribute.
CREATE TABLE prompt_attributes (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; a new one starts new series
    prompt VARCHAR NOT NULL,  -- identity: prompt, written suite/prompt
    attribute VARCHAR NOT NULL  -- identity: attribute that is looked for
);

-- One row for each declared value of an attribute.
-- Grain: week, model, suite, suite_major, attribute, value.
CREATE TABLE attribute_values (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; a new one starts new series
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    value VARCHAR NOT NULL,  -- identity: declared value
    position INTEGER NOT NULL,  -- identity: place in the declared order, from 0
    in_support BOOLEAN NOT NULL,  -- identity: true if the value can be in a reference's support; false for
    -- ambiguous, cannot_tell and the like
    band VARCHAR,  -- identity: band that the value is reported in; NULL if the value is in none
    ordinal BOOLEAN  -- identity: true if the values have an order that counts in agreement; NULL if not
    -- stated
);

-- One row for each expected share of a reference.
-- Grain: week, model, suite, suite_major, reference, attribute, prompt, value.
CREATE TABLE reference_values (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; a new one starts new series
    reference VARCHAR NOT NULL,  -- identity: name of the reference distribution
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    banded BOOLEAN NOT NULL,  -- identity: true if the shares are of bands, false if of single values
    prompt VARCHAR,  -- identity: prompt, written suite/prompt, that the share is for; NULL: every prompt of
    -- the suite
    value VARCHAR NOT NULL,  -- identity: value or band of the support
    expected_share DOUBLE NOT NULL,  -- identity: expected share (0 to 1) of the value
    source VARCHAR  -- identity: year, table and row of a cited statistic; NULL for parity and uniform
);

-- One row for each planned answer.
-- Grain: slot_key.
CREATE TABLE slots (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    slot_key VARCHAR NOT NULL,  -- identity: key of the slot, 64 hexadecimal digits
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_version VARCHAR NOT NULL,  -- identity: full version of the suite (major.minor.patch)
    prompt VARCHAR NOT NULL,  -- identity: prompt, written suite/prompt
    replicate INTEGER NOT NULL,  -- identity: number of the repetition, from 0
    turn INTEGER NOT NULL,  -- identity: turn of the conversation, from 1; 1 for an ordinary prompt
    conversation VARCHAR  -- identity: joins the turns of one conversation; NULL for an ordinary prompt
);

-- One row for each outcome that an attempt can end with.
-- Grain: outcome.
CREATE TABLE outcomes (
    outcome VARCHAR NOT NULL,  -- identity: outcome of an attempt
    outcome_group VARCHAR NOT NULL,  -- identity: picture, refused (the model's own answer), failed, not_asked
    -- or not_needed
    final BOOLEAN NOT NULL  -- identity: true if one attempt with this outcome settles a slot; without one the
    -- last attempt decides
);

INSERT INTO outcomes (outcome, outcome_group, final) VALUES
('ok', 'picture', TRUE),
('blocked_input', 'refused', TRUE),
('blocked_output', 'refused', TRUE),
('refused_text', 'refused', TRUE),
('no_image', 'refused', TRUE),
('rate_limited', 'failed', FALSE),
('timeout', 'failed', FALSE),
('connection', 'failed', FALSE),
('server_error', 'failed', FALSE),
('batch_expired', 'failed', FALSE),
('auth', 'failed', FALSE),
('quota_exhausted', 'failed', FALSE),
('model_retired', 'failed', FALSE),
('invalid_params', 'failed', FALSE),
('corrupt_image', 'failed', FALSE),
('wrong_type', 'failed', FALSE),
('too_large', 'failed', FALSE),
('empty_answer', 'failed', FALSE),
('budget_stopped', 'not_asked', FALSE),
('unknown_charge', 'failed', FALSE),
('not_needed', 'not_needed', TRUE),
('retracted', 'failed', TRUE);

-- One row for each call that was made for a slot.
-- Grain: slot_key, attempt.
CREATE TABLE attempts (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    slot_key VARCHAR NOT NULL,  -- identity: key of the slot, 64 hexadecimal digits
    attempt INTEGER NOT NULL,  -- run time: number of the attempt for its slot, from 1
    provider VARCHAR NOT NULL,  -- identity: provider that was asked
    endpoint VARCHAR,  -- identity: path or method of the provider's API
    model_requested VARCHAR,  -- identity: model that was asked for
    model_reported VARCHAR,  -- identity: model that the provider says answered; NULL if it does not say
    model_pinned BOOLEAN,  -- identity: true if the model is a fixed snapshot, false if a moving alias
    params VARCHAR,  -- identity: parameters of the call, as canonical JSON
    seed BIGINT,  -- identity: seed that was sent or reported; NULL if none
    track VARCHAR NOT NULL,  -- identity: model or system
    prompt_sent VARCHAR,  -- identity: text that was sent, word for word
    revised_prompt VARCHAR,  -- identity: text that the provider says it drew instead; NULL if it does not say
    refusal_text VARCHAR,  -- identity: words with which the model refused
    answer_text VARCHAR,  -- identity: words beside or instead of a picture
    outcome VARCHAR NOT NULL,  -- identity: what the attempt ended with (table outcomes); retracted: its
    -- answer was taken back (table retractions)
    block_stage VARCHAR,  -- identity: where a filter blocked: input or output
    block_categories VARCHAR,  -- identity: categories that the filter named, as a JSON list
    error_code VARCHAR,  -- identity: the provider's error code, raw
    error_type VARCHAR,  -- identity: the provider's error type, raw
    error_message VARCHAR,  -- identity: the provider's error message, raw
    http_status INTEGER,  -- identity: HTTP status code
    request_id VARCHAR,  -- run time: the provider's id of the request; not published
    request_sha256 VARCHAR,  -- run time: SHA-256 of the provider's id of the request, which its invoice and
    -- logs name; NULL if it gave none
    requested_at TIMESTAMP,  -- run time: when the call began (UTC)
    answered_at TIMESTAMP,  -- run time: when the answer was whole (UTC)
    latency_ms DOUBLE,  -- run time: time from call to answer in milliseconds
    usage VARCHAR,  -- identity: usage that the provider reported, as JSON
    cost_usd DOUBLE,  -- run time: cost of the call in US dollars
    cost_basis VARCHAR,  -- identity: reported, computed or estimated
    image_sha256 VARCHAR,  -- identity: SHA-256 of the stored bytes; also of bytes that were not usable
    image_ext VARCHAR,  -- identity: file extension of the stored bytes, without a dot
    image_bytes BIGINT,  -- identity: size of the stored bytes
    image_mime VARCHAR,  -- identity: MIME type as read from the bytes
    image_width INTEGER,  -- identity: width in pixels
    image_height INTEGER,  -- identity: height in pixels
    image_phash VARCHAR,  -- identity: perceptual hash, 16 hexadecimal digits
    original_sha256 VARCHAR,  -- identity: SHA-256 of the bytes before an account's name was taken out; NULL
    -- if nothing was
    original_created_at VARCHAR,  -- identity: creation time that an imported picture carries, as written
    -- there
    turn INTEGER,  -- identity: turn of the conversation, from 1
    conversation VARCHAR,  -- identity: joins the turns of one conversation
    provider_conversation_id VARCHAR,  -- run time: the provider's id of the conversation; not published
    adapter_version VARCHAR,  -- run time: version of the adapter that made the call
    sdk_version VARCHAR,  -- run time: version of the provider's library
    unmapped BOOLEAN,  -- identity: true if the provider's error table has no row for the answer; NULL if it
    -- has or needs none
    raw_body VARCHAR,  -- run time: the body of an answer that was not understood, cut to 20,000 characters;
    -- not published
    expected_usd DOUBLE,  -- run time: what the price table expected the call to cost, in US dollars
    price_id VARCHAR  -- run time: names the price that held when the call was made, by a hash of its amounts;
    -- NULL: there was none
);

-- One row for each usable picture: of the attempt that settled its slot.
-- Grain: slot_key.
CREATE TABLE images (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    slot_key VARCHAR NOT NULL,  -- identity: key of the slot, 64 hexadecimal digits
    image_sha256 VARCHAR NOT NULL,  -- identity: SHA-256 of the picture's bytes
    image_ext VARCHAR NOT NULL,  -- identity: file extension, without a dot
    image_bytes BIGINT NOT NULL,  -- identity: size in bytes
    image_mime VARCHAR NOT NULL,  -- identity: MIME type as read from the bytes
    image_width INTEGER NOT NULL,  -- identity: width in pixels
    image_height INTEGER NOT NULL,  -- identity: height in pixels
    image_phash VARCHAR  -- identity: perceptual hash, 16 hexadecimal digits; NULL if none was computed
);

-- One row for each picture that was drawn by a job or call, or from a seed, that may have drawn others, and
-- for
-- each refusal of such a call: those of one cluster are not independent. An answer without a row is its own.
-- Grain: week, model, slot_key.
CREATE TABLE clusters (
    week DATE NOT NULL,  -- identity: Monday of the week that was asked in
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    slot_key VARCHAR NOT NULL,  -- identity: the slot that the picture or the refusal answers
    cluster VARCHAR NOT NULL  -- identity: the job, call or seed
);
