-- What it makes: the tables of imported studies. Live marts never read them.
-- Grain: stated by the name; a study is replaced as a whole when it is imported again.

CREATE TABLE studies (
    study VARCHAR NOT NULL,
    version VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    citation VARCHAR NOT NULL,
    licence VARCHAR NOT NULL,
    source VARCHAR NOT NULL,
    year INTEGER,
    note VARCHAR,
    definition_sha256 VARCHAR NOT NULL
);

CREATE TABLE study_models (
    study VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    title VARCHAR NOT NULL
);

CREATE TABLE study_prompts (
    study VARCHAR NOT NULL,
    prompt VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    condition VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    text VARCHAR
);

CREATE TABLE study_slots (
    study VARCHAR NOT NULL,
    slot_key VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    prompt VARCHAR NOT NULL,
    condition VARCHAR NOT NULL,
    replicate INTEGER NOT NULL,
    image_sha256 VARCHAR,
    image_ext VARCHAR,
    image_mime VARCHAR,
    image_width INTEGER,
    image_height INTEGER,
    image_phash VARCHAR,
    status VARCHAR NOT NULL
);

CREATE TABLE study_attribute_values (
    study VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    in_support BOOLEAN NOT NULL
);

CREATE TABLE study_labels (
    study VARCHAR NOT NULL,
    slot_key VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_kind VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    confidence DOUBLE,
    raw VARCHAR,
    image_sha256 VARCHAR
);

CREATE TABLE study_scores (
    study VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    condition VARCHAR NOT NULL,
    prompt VARCHAR,
    attribute VARCHAR NOT NULL,
    reference VARCHAR,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
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
