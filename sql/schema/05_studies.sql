-- What it makes: imported studies, as loaded from the bucket.
-- Grain: stated at each table. A comment above a table or behind a column is its COMMENT in the database.

-- One row for each imported study: somebody else's pictures and labels.
-- Grain: study.
CREATE TABLE studies (
    study VARCHAR NOT NULL,  -- identity: short name of the study
    version VARCHAR NOT NULL,  -- identity: version of the import's definition
    title VARCHAR NOT NULL,  -- identity: title of the study
    citation VARCHAR NOT NULL,  -- identity: how to cite it
    license VARCHAR NOT NULL,  -- identity: license of its data
    source VARCHAR NOT NULL,  -- identity: address or DOI that the data came from
    year INTEGER,  -- identity: year of publication
    note VARCHAR,  -- identity: what a reader should know
    definition_sha256 VARCHAR NOT NULL,  -- identity: SHA-256 of the definition in the bucket
    baseline VARCHAR  -- identity: condition that the others are compared with; NULL if not stated (baseline,
    -- if it has one)
);

-- One row for each model of a study.
-- Grain: study, model.
CREATE TABLE study_models (
    study VARCHAR NOT NULL,  -- identity: short name of the study
    model VARCHAR NOT NULL,  -- identity: name of the model within the study
    title VARCHAR NOT NULL  -- identity: the model as the study calls it
);

-- One row for each prompt of a study under one condition.
-- Grain: study, prompt, condition.
CREATE TABLE study_prompts (
    study VARCHAR NOT NULL,  -- identity: short name of the study
    prompt VARCHAR NOT NULL,  -- identity: name of the prompt within the study
    subject VARCHAR NOT NULL,  -- identity: what is asked for, written kind:name
    condition VARCHAR NOT NULL,  -- identity: baseline, controlled, confronted, or a condition of the study's
    -- own
    title VARCHAR NOT NULL,  -- identity: the prompt in a few words
    text VARCHAR,  -- identity: text that the study sent; NULL if not published
    facts VARCHAR  -- identity: what else the study says of the prompt, as a JSON object; NULL if nothing
);

-- One row for each answer that a study reports.
-- Grain: study, slot_key.
CREATE TABLE study_slots (
    study VARCHAR NOT NULL,  -- identity: short name of the study
    slot_key VARCHAR NOT NULL,  -- identity: key of the slot within the study
    model VARCHAR NOT NULL,  -- identity: name of the model within the study
    prompt VARCHAR NOT NULL,  -- identity: name of the prompt within the study
    condition VARCHAR NOT NULL,  -- identity: baseline, controlled, confronted, or a condition of the study's
    -- own
    replicate INTEGER NOT NULL,  -- identity: number of the repetition as the study counts
    image_sha256 VARCHAR,  -- identity: SHA-256 of the picture's bytes; NULL if there is none
    image_ext VARCHAR,  -- identity: file extension, without a dot
    image_mime VARCHAR,  -- identity: MIME type as read from the bytes
    image_width INTEGER,  -- identity: width in pixels
    image_height INTEGER,  -- identity: height in pixels
    image_phash VARCHAR,  -- identity: perceptual hash, 16 hexadecimal digits
    status VARCHAR NOT NULL,  -- identity: present, missing, or unpublished (the study has labels alone: none
    -- is missing)
    original_sha256 VARCHAR  -- identity: SHA-256 of the file before names were taken out of it; NULL if there
    -- is none, or not stated
);

-- One row for each attribute that a study looked for.
-- Grain: study, attribute.
CREATE TABLE study_attributes (
    study VARCHAR NOT NULL,  -- identity: short name of the study
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    title VARCHAR NOT NULL,  -- identity: what the study calls it
    kind VARCHAR NOT NULL,  -- identity: named (it has declared values) or numeric (its labels are numbers)
    unit VARCHAR,  -- identity: unit of its numbers; NULL if they have none
    note VARCHAR,  -- identity: what a reader should know
    position INTEGER NOT NULL  -- identity: place in the declared order, from 0
);

-- One row for each figure that a study's authors printed, and what the imported labels give.
-- Grain: study, title, name.
CREATE TABLE study_published (
    study VARCHAR NOT NULL,  -- identity: short name of the study
    position INTEGER NOT NULL,  -- identity: place in the study file, from 0
    title VARCHAR NOT NULL,  -- identity: what the figures are of
    name VARCHAR NOT NULL,  -- identity: which of them this one is
    printed_in VARCHAR NOT NULL,  -- identity: where the authors printed it
    printed VARCHAR NOT NULL,  -- identity: the figure as printed
    ours VARCHAR NOT NULL,  -- identity: the same from the imported labels, with as many digits
    differs VARCHAR,  -- identity: why the two differ; NULL if they do not
    query VARCHAR NOT NULL  -- identity: query over the tables of the study that gives ours (name, value)
);

-- One row for each declared value of a study's attribute.
-- Grain: study, attribute, value.
CREATE TABLE study_attribute_values (
    study VARCHAR NOT NULL,  -- identity: short name of the study
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    value VARCHAR NOT NULL,  -- identity: declared value
    position INTEGER NOT NULL,  -- identity: place in the declared order, from 0
    in_support BOOLEAN NOT NULL,  -- identity: true if the value can be in a reference's support
    ordinal BOOLEAN,  -- identity: true if the values have an order that counts in agreement; NULL if not
    -- stated
    same_attribute VARCHAR,  -- identity: attribute of this project that the study's is compared with in
    -- agreement; NULL if none is
    same_value VARCHAR,  -- identity: value of that attribute that means the same; NULL if none does
    in_agreement BOOLEAN  -- identity: true if the value counts in agreement, as an answer may that is no
    -- share; NULL: as in_support
);

-- One row for each prompt of what the page of a study shows first, as its file declares it; none of a study
-- that declares nothing.
-- Grain: study, position, prompt, condition.
CREATE TABLE study_shows (
    study VARCHAR NOT NULL,  -- identity: short name of the study
    position INTEGER NOT NULL,  -- identity: place in the study file, from 0
    title VARCHAR NOT NULL,  -- identity: what is shown
    attribute VARCHAR NOT NULL,  -- identity: attribute whose values are counted
    value VARCHAR,  -- identity: the value whose share is shown; NULL: all that count
    grouped_by VARCHAR NOT NULL,  -- identity: what a row is: prompt, subject, condition, model, all, or a
    -- fact of the prompts
    prompt VARCHAR NOT NULL,  -- identity: name of the prompt within the study
    condition VARCHAR NOT NULL,  -- identity: condition under which it counts here
    shown_in VARCHAR NOT NULL  -- identity: the row that it counts in; empty where each model has one row
);

-- One row for each label of a study's answer.
-- Grain: study, slot_key, attribute, labeler, labeler_version.
CREATE TABLE study_labels (
    study VARCHAR NOT NULL,  -- identity: short name of the study
    slot_key VARCHAR NOT NULL,  -- identity: key of the slot within the study
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    labeler VARCHAR NOT NULL,  -- identity: name of the labeler
    labeler_kind VARCHAR NOT NULL,  -- identity: vision_model, local_model, person, or consensus (made of
    -- others' labels, and in no agreement)
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler; of people, of the published label
    -- file
    value VARCHAR NOT NULL,  -- identity: declared value, or the number as text, or invalid for an answer
    -- outside the list
    confidence DOUBLE,  -- identity: confidence of the reading (0 to 1); NULL if none is stated
    raw VARCHAR,  -- identity: the label as the study wrote it
    image_sha256 VARCHAR,  -- identity: SHA-256 of the picture; NULL where a study has labels only
    number DOUBLE  -- identity: the label as a number, where the attribute is numeric; NULL otherwise. Never
    -- counted in a share
);
