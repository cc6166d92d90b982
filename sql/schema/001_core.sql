-- What it makes: the tables that are loaded from plans, manifests and label parts of the bucket.
-- Grain: stated at each table. A partition is one (week, model); loading replaces a partition as a whole.
-- Every column comment says "identity" or "run time": table_hash covers the identity columns.

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

CREATE TABLE prompt_attributes (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    prompt VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL
);

CREATE TABLE attribute_values (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    in_support BOOLEAN NOT NULL,
    band VARCHAR
);

CREATE TABLE reference_values (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    banded BOOLEAN NOT NULL,
    prompt VARCHAR,
    value VARCHAR NOT NULL,
    expected_share DOUBLE NOT NULL,
    source VARCHAR
);

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

CREATE TABLE scores (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    params_hash VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    prompt VARCHAR,
    turn INTEGER NOT NULL,
    attribute VARCHAR,
    reference VARCHAR,
    scale VARCHAR,
    labeler_version VARCHAR,
    metric VARCHAR NOT NULL,
    value_name VARCHAR,
    estimate DOUBLE,
    low DOUBLE,
    high DOUBLE,
    n INTEGER NOT NULL,
    cells INTEGER NOT NULL,
    planned_cells INTEGER NOT NULL,
    reason VARCHAR
);

CREATE TABLE withheld (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);

CREATE TABLE check_results (
    week DATE NOT NULL,
    model VARCHAR,
    check_name VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    failing_rows INTEGER NOT NULL,
    message VARCHAR NOT NULL
);
