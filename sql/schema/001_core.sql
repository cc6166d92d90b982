-- What it makes: the tables that are loaded from plans, manifests and label parts of the bucket.
-- Grain: stated at each table. A partition is one (week, model); loading replaces a partition as a whole.
-- A column's comment begins with "identity:" or "run time:": table_hash covers the identity columns, and
-- docs/warehouse.md is made from these comments.

CREATE TABLE plans (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    params_hash VARCHAR NOT NULL,
    provider VARCHAR NOT NULL,
    model_id VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    params VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    from_week DATE,
    until_week DATE,
    succeeds VARCHAR,
    completeness_floor DOUBLE NOT NULL,
    plan_sha256 VARCHAR NOT NULL
);

COMMENT ON TABLE plans IS
'One row for each partition: what a model was to be asked in a week, as planned before the first call.
Grain: week, model.';
COMMENT ON COLUMN plans.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN plans.model IS 'identity: name of the model entry';
COMMENT ON COLUMN plans.series IS 'identity: name of the series that the pictures belong to';
COMMENT ON COLUMN plans.params_hash IS
'identity: first eight hexadecimal digits of the SHA-256 of the parameters';
COMMENT ON COLUMN plans.provider IS 'identity: provider that was asked';
COMMENT ON COLUMN plans.model_id IS 'identity: what the provider calls the model';
COMMENT ON COLUMN plans.track IS
'identity: model (the image API) or system (a chat product that rewrites prompts); never ranked together';
COMMENT ON COLUMN plans.simulated IS 'identity: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN plans.params IS 'identity: parameters of every call, as canonical JSON';
COMMENT ON COLUMN plans.labeler IS 'identity: name of the labeler whose labels the partition is scored by';
COMMENT ON COLUMN plans.from_week IS
'identity: first week in which the model is to be asked; NULL if not limited';
COMMENT ON COLUMN plans.until_week IS
'identity: last week in which the model is to be asked; NULL if not limited';
COMMENT ON COLUMN plans.succeeds IS 'identity: model or series that this one follows; NULL if none';
COMMENT ON COLUMN plans.completeness_floor IS
'identity: least completeness (a share, 0 to 1) at which the partition is published';
COMMENT ON COLUMN plans.plan_sha256 IS 'identity: SHA-256 of the plan''s bytes in the bucket';

CREATE TABLE prompts (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_version VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    suite_hash VARCHAR NOT NULL,
    prompt VARCHAR NOT NULL,
    language VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    condition VARCHAR NOT NULL,
    text VARCHAR NOT NULL,
    turns INTEGER NOT NULL
);

COMMENT ON TABLE prompts IS
'One row for each prompt that a partition planned.
Grain: week, model, suite, suite_major, prompt.';
COMMENT ON COLUMN prompts.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN prompts.model IS 'identity: name of the model entry';
COMMENT ON COLUMN prompts.suite IS 'identity: suite without its version';
COMMENT ON COLUMN prompts.suite_version IS 'identity: full version of the suite (major.minor.patch)';
COMMENT ON COLUMN prompts.suite_major IS 'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN prompts.suite_hash IS 'identity: SHA-256 of the suite''s content';
COMMENT ON COLUMN prompts.prompt IS 'identity: prompt, written suite/prompt';
COMMENT ON COLUMN prompts.language IS 'identity: language of the text';
COMMENT ON COLUMN prompts.subject IS
'identity: what is asked for, written kind:name (person:indian, occupation:ceo)';
COMMENT ON COLUMN prompts.condition IS
'identity: baseline, controlled (asks for diversity) or confronted (asked in a conversation)';
COMMENT ON COLUMN prompts.text IS
'identity: text that is sent, word for word; of a conversation its first turn';
COMMENT ON COLUMN prompts.turns IS 'identity: number of turns; 1 for an ordinary prompt';

CREATE TABLE prompt_attributes (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    prompt VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL
);

COMMENT ON TABLE prompt_attributes IS
'One row for each attribute that is looked for in the pictures of a prompt.
Grain: week, model, suite, suite_major, prompt, attribute.';
COMMENT ON COLUMN prompt_attributes.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN prompt_attributes.model IS 'identity: name of the model entry';
COMMENT ON COLUMN prompt_attributes.suite IS 'identity: suite without its version';
COMMENT ON COLUMN prompt_attributes.suite_major IS
'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN prompt_attributes.prompt IS 'identity: prompt, written suite/prompt';
COMMENT ON COLUMN prompt_attributes.attribute IS 'identity: attribute that is looked for';

CREATE TABLE attribute_values (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    attribute VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    in_support BOOLEAN NOT NULL,
    band VARCHAR
);

COMMENT ON TABLE attribute_values IS
'One row for each declared value of an attribute.
Grain: week, model, suite, suite_major, attribute, value.';
COMMENT ON COLUMN attribute_values.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN attribute_values.model IS 'identity: name of the model entry';
COMMENT ON COLUMN attribute_values.suite IS 'identity: suite without its version';
COMMENT ON COLUMN attribute_values.suite_major IS
'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN attribute_values.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN attribute_values.value IS 'identity: declared value';
COMMENT ON COLUMN attribute_values.position IS 'identity: place in the declared order, from 0';
COMMENT ON COLUMN attribute_values.in_support IS
'identity: true if the value can be in a reference''s support; false for ambiguous, cannot_tell and the like';
COMMENT ON COLUMN attribute_values.band IS
'identity: band that the value is reported in; NULL if the value is in none';

CREATE TABLE reference_values (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    reference VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    banded BOOLEAN NOT NULL,
    prompt VARCHAR,
    value VARCHAR NOT NULL,
    expected_share DOUBLE NOT NULL,
    source VARCHAR
);

COMMENT ON TABLE reference_values IS
'One row for each expected share of a reference.
Grain: week, model, suite, suite_major, reference, attribute, prompt, value.';
COMMENT ON COLUMN reference_values.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN reference_values.model IS 'identity: name of the model entry';
COMMENT ON COLUMN reference_values.suite IS 'identity: suite without its version';
COMMENT ON COLUMN reference_values.suite_major IS
'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN reference_values.reference IS 'identity: name of the reference distribution';
COMMENT ON COLUMN reference_values.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN reference_values.banded IS
'identity: true if the shares are of bands, false if of single values';
COMMENT ON COLUMN reference_values.prompt IS
'identity: prompt, written suite/prompt, that the share is for; NULL: every prompt of the suite';
COMMENT ON COLUMN reference_values.value IS 'identity: value or band of the support';
COMMENT ON COLUMN reference_values.expected_share IS 'identity: expected share (0 to 1) of the value';
COMMENT ON COLUMN reference_values.source IS
'identity: year, table and row of a cited statistic; NULL for parity and uniform';

CREATE TABLE slots (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    slot_key VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_version VARCHAR NOT NULL,
    prompt VARCHAR NOT NULL,
    replicate INTEGER NOT NULL,
    turn INTEGER NOT NULL,
    conversation VARCHAR
);

COMMENT ON TABLE slots IS
'One row for each planned answer.
Grain: slot_key.';
COMMENT ON COLUMN slots.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN slots.model IS 'identity: name of the model entry';
COMMENT ON COLUMN slots.slot_key IS 'identity: key of the slot, 64 hexadecimal digits';
COMMENT ON COLUMN slots.suite IS 'identity: suite without its version';
COMMENT ON COLUMN slots.suite_version IS 'identity: full version of the suite (major.minor.patch)';
COMMENT ON COLUMN slots.prompt IS 'identity: prompt, written suite/prompt';
COMMENT ON COLUMN slots.replicate IS 'identity: number of the repetition, from 0';
COMMENT ON COLUMN slots.turn IS 'identity: turn of the conversation, from 1; 1 for an ordinary prompt';
COMMENT ON COLUMN slots.conversation IS
'identity: joins the turns of one conversation; NULL for an ordinary prompt';

CREATE TABLE attempts (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    slot_key VARCHAR NOT NULL,
    attempt INTEGER NOT NULL,
    provider VARCHAR NOT NULL,
    endpoint VARCHAR,
    model_requested VARCHAR,
    model_reported VARCHAR,
    model_pinned BOOLEAN,
    params VARCHAR,
    seed BIGINT,
    track VARCHAR NOT NULL,
    prompt_sent VARCHAR,
    revised_prompt VARCHAR,
    refusal_text VARCHAR,
    answer_text VARCHAR,
    outcome VARCHAR NOT NULL,
    block_stage VARCHAR,
    block_categories VARCHAR,
    error_code VARCHAR,
    error_type VARCHAR,
    error_message VARCHAR,
    http_status INTEGER,
    request_id VARCHAR,
    requested_at TIMESTAMP,
    answered_at TIMESTAMP,
    latency_ms DOUBLE,
    usage VARCHAR,
    cost_usd DOUBLE,
    cost_basis VARCHAR,
    image_sha256 VARCHAR,
    image_ext VARCHAR,
    image_bytes BIGINT,
    image_mime VARCHAR,
    image_width INTEGER,
    image_height INTEGER,
    image_phash VARCHAR,
    original_sha256 VARCHAR,
    original_created_at VARCHAR,
    turn INTEGER,
    conversation VARCHAR,
    provider_conversation_id VARCHAR,
    adapter_version VARCHAR,
    sdk_version VARCHAR
);

COMMENT ON TABLE attempts IS
'One row for each call that was made for a slot.
Grain: slot_key, attempt.';
COMMENT ON COLUMN attempts.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN attempts.model IS 'identity: name of the model entry';
COMMENT ON COLUMN attempts.slot_key IS 'identity: key of the slot, 64 hexadecimal digits';
COMMENT ON COLUMN attempts.attempt IS 'run time: number of the attempt for its slot, from 1';
COMMENT ON COLUMN attempts.provider IS 'identity: provider that was asked';
COMMENT ON COLUMN attempts.endpoint IS 'identity: path or method of the provider''s API';
COMMENT ON COLUMN attempts.model_requested IS 'identity: model that was asked for';
COMMENT ON COLUMN attempts.model_reported IS
'identity: model that the provider says answered; NULL if it does not say';
COMMENT ON COLUMN attempts.model_pinned IS
'identity: true if the model is a fixed snapshot, false if a moving alias';
COMMENT ON COLUMN attempts.params IS 'identity: parameters of the call, as canonical JSON';
COMMENT ON COLUMN attempts.seed IS 'identity: seed that was sent or reported; NULL if none';
COMMENT ON COLUMN attempts.track IS 'identity: model or system';
COMMENT ON COLUMN attempts.prompt_sent IS 'identity: text that was sent, word for word';
COMMENT ON COLUMN attempts.revised_prompt IS
'identity: text that the provider says it drew instead; NULL if it does not say';
COMMENT ON COLUMN attempts.refusal_text IS 'identity: words with which the model refused';
COMMENT ON COLUMN attempts.answer_text IS 'identity: words beside or instead of a picture';
COMMENT ON COLUMN attempts.outcome IS 'identity: what the attempt ended with (table outcomes)';
COMMENT ON COLUMN attempts.block_stage IS 'identity: where a filter blocked: input or output';
COMMENT ON COLUMN attempts.block_categories IS 'identity: categories that the filter named, as a JSON list';
COMMENT ON COLUMN attempts.error_code IS 'identity: the provider''s error code, raw';
COMMENT ON COLUMN attempts.error_type IS 'identity: the provider''s error type, raw';
COMMENT ON COLUMN attempts.error_message IS 'identity: the provider''s error message, raw';
COMMENT ON COLUMN attempts.http_status IS 'identity: HTTP status code';
COMMENT ON COLUMN attempts.request_id IS 'run time: the provider''s id of the request; not published';
COMMENT ON COLUMN attempts.requested_at IS 'run time: when the call began (UTC)';
COMMENT ON COLUMN attempts.answered_at IS 'run time: when the answer was whole (UTC)';
COMMENT ON COLUMN attempts.latency_ms IS 'run time: time from call to answer in milliseconds';
COMMENT ON COLUMN attempts.usage IS 'identity: usage that the provider reported, as JSON';
COMMENT ON COLUMN attempts.cost_usd IS 'run time: cost of the call in US dollars';
COMMENT ON COLUMN attempts.cost_basis IS 'identity: reported, computed or estimated';
COMMENT ON COLUMN attempts.image_sha256 IS
'identity: SHA-256 of the stored bytes; also of bytes that were not usable';
COMMENT ON COLUMN attempts.image_ext IS 'identity: file extension of the stored bytes, without a dot';
COMMENT ON COLUMN attempts.image_bytes IS 'identity: size of the stored bytes';
COMMENT ON COLUMN attempts.image_mime IS 'identity: MIME type as read from the bytes';
COMMENT ON COLUMN attempts.image_width IS 'identity: width in pixels';
COMMENT ON COLUMN attempts.image_height IS 'identity: height in pixels';
COMMENT ON COLUMN attempts.image_phash IS 'identity: perceptual hash, 16 hexadecimal digits';
COMMENT ON COLUMN attempts.original_sha256 IS
'identity: SHA-256 of the bytes before an account''s name was taken out; NULL if nothing was';
COMMENT ON COLUMN attempts.original_created_at IS
'identity: creation time that an imported picture carries, as written there';
COMMENT ON COLUMN attempts.turn IS 'identity: turn of the conversation, from 1';
COMMENT ON COLUMN attempts.conversation IS 'identity: joins the turns of one conversation';
COMMENT ON COLUMN attempts.provider_conversation_id IS
'run time: the provider''s id of the conversation; not published';
COMMENT ON COLUMN attempts.adapter_version IS 'run time: version of the adapter that made the call';
COMMENT ON COLUMN attempts.sdk_version IS 'run time: version of the provider''s library';

CREATE TABLE images (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    slot_key VARCHAR NOT NULL,
    image_sha256 VARCHAR NOT NULL,
    image_ext VARCHAR NOT NULL,
    image_bytes BIGINT NOT NULL,
    image_mime VARCHAR NOT NULL,
    image_width INTEGER NOT NULL,
    image_height INTEGER NOT NULL,
    image_phash VARCHAR
);

COMMENT ON TABLE images IS
'One row for each usable picture: of the attempt that settled its slot.
Grain: slot_key.';
COMMENT ON COLUMN images.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN images.model IS 'identity: name of the model entry';
COMMENT ON COLUMN images.slot_key IS 'identity: key of the slot, 64 hexadecimal digits';
COMMENT ON COLUMN images.image_sha256 IS 'identity: SHA-256 of the picture''s bytes';
COMMENT ON COLUMN images.image_ext IS 'identity: file extension, without a dot';
COMMENT ON COLUMN images.image_bytes IS 'identity: size in bytes';
COMMENT ON COLUMN images.image_mime IS 'identity: MIME type as read from the bytes';
COMMENT ON COLUMN images.image_width IS 'identity: width in pixels';
COMMENT ON COLUMN images.image_height IS 'identity: height in pixels';
COMMENT ON COLUMN images.image_phash IS
'identity: perceptual hash, 16 hexadecimal digits; NULL if none was computed';

CREATE TABLE labels (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    slot_key VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    confidence DOUBLE,
    raw VARCHAR,
    image_sha256 VARCHAR,
    labeled_at TIMESTAMP
);

COMMENT ON TABLE labels IS
'One row for each reading of an attribute by one labeler version.
Labels describe how depictions are perceived; the people do not exist.
Grain: slot_key, attribute, labeler, labeler_version.';
COMMENT ON COLUMN labels.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN labels.model IS 'identity: name of the model entry';
COMMENT ON COLUMN labels.slot_key IS 'identity: key of the slot, 64 hexadecimal digits';
COMMENT ON COLUMN labels.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN labels.labeler IS 'identity: name of the labeler';
COMMENT ON COLUMN labels.labeler_version IS
'identity: version of the labeler: declared number, hyphen, hash of what it is made of';
COMMENT ON COLUMN labels.value IS 'identity: declared value, or invalid for an answer outside the list';
COMMENT ON COLUMN labels.confidence IS
'identity: confidence of the reading (0 to 1); NULL if the labeler states none';
COMMENT ON COLUMN labels.raw IS 'identity: the labeler''s own words where they are not the value';
COMMENT ON COLUMN labels.image_sha256 IS 'identity: SHA-256 of the picture that was looked at';
COMMENT ON COLUMN labels.labeled_at IS 'run time: when it was labelled (UTC)';
