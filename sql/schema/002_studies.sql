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

COMMENT ON TABLE studies IS
'One row for each imported study: somebody else''s pictures and labels.
Grain: study.';
COMMENT ON COLUMN studies.study IS 'identity: short name of the study';
COMMENT ON COLUMN studies.version IS 'identity: version of the import''s definition';
COMMENT ON COLUMN studies.title IS 'identity: title of the study';
COMMENT ON COLUMN studies.citation IS 'identity: how to cite it';
COMMENT ON COLUMN studies.licence IS 'identity: licence of its data';
COMMENT ON COLUMN studies.source IS 'identity: address or DOI that the data came from';
COMMENT ON COLUMN studies.year IS 'identity: year of publication';
COMMENT ON COLUMN studies.note IS 'identity: what a reader should know';
COMMENT ON COLUMN studies.definition_sha256 IS 'identity: SHA-256 of the definition in the bucket';

CREATE TABLE study_models (
    study VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    title VARCHAR NOT NULL
);

COMMENT ON TABLE study_models IS
'One row for each model of a study.
Grain: study, model.';
COMMENT ON COLUMN study_models.study IS 'identity: short name of the study';
COMMENT ON COLUMN study_models.model IS 'identity: name of the model within the study';
COMMENT ON COLUMN study_models.title IS 'identity: the model as the study calls it';

CREATE TABLE study_prompts (
    study VARCHAR NOT NULL,
    prompt VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    condition VARCHAR NOT NULL,
    title VARCHAR NOT NULL,
    text VARCHAR
);

COMMENT ON TABLE study_prompts IS
'One row for each prompt of a study under one condition.
Grain: study, prompt, condition.';
COMMENT ON COLUMN study_prompts.study IS 'identity: short name of the study';
COMMENT ON COLUMN study_prompts.prompt IS 'identity: name of the prompt within the study';
COMMENT ON COLUMN study_prompts.subject IS 'identity: what is asked for, written kind:name';
COMMENT ON COLUMN study_prompts.condition IS 'identity: baseline, controlled or confronted';
COMMENT ON COLUMN study_prompts.title IS 'identity: the prompt in a few words';
COMMENT ON COLUMN study_prompts.text IS 'identity: text that the study sent; NULL if not published';

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

COMMENT ON TABLE study_slots IS
'One row for each answer that a study reports.
Grain: study, slot_key.';
COMMENT ON COLUMN study_slots.study IS 'identity: short name of the study';
COMMENT ON COLUMN study_slots.slot_key IS 'identity: key of the slot within the study';
COMMENT ON COLUMN study_slots.model IS 'identity: name of the model within the study';
COMMENT ON COLUMN study_slots.prompt IS 'identity: name of the prompt within the study';
COMMENT ON COLUMN study_slots.condition IS 'identity: baseline, controlled or confronted';
COMMENT ON COLUMN study_slots.replicate IS 'identity: number of the repetition as the study counts';
COMMENT ON COLUMN study_slots.image_sha256 IS
'identity: SHA-256 of the picture''s bytes; NULL if there is none';
COMMENT ON COLUMN study_slots.image_ext IS 'identity: file extension, without a dot';
COMMENT ON COLUMN study_slots.image_mime IS 'identity: MIME type as read from the bytes';
COMMENT ON COLUMN study_slots.image_width IS 'identity: width in pixels';
COMMENT ON COLUMN study_slots.image_height IS 'identity: height in pixels';
COMMENT ON COLUMN study_slots.image_phash IS 'identity: perceptual hash, 16 hexadecimal digits';
COMMENT ON COLUMN study_slots.status IS 'identity: whether the picture is there, missing or never published';

CREATE TABLE study_attribute_values (
    study VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    in_support BOOLEAN NOT NULL
);

COMMENT ON TABLE study_attribute_values IS
'One row for each declared value of a study''s attribute.
Grain: study, attribute, value.';
COMMENT ON COLUMN study_attribute_values.study IS 'identity: short name of the study';
COMMENT ON COLUMN study_attribute_values.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN study_attribute_values.value IS 'identity: declared value';
COMMENT ON COLUMN study_attribute_values.position IS 'identity: place in the declared order, from 0';
COMMENT ON COLUMN study_attribute_values.in_support IS
'identity: true if the value can be in a reference''s support';

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

COMMENT ON TABLE study_labels IS
'One row for each label of a study''s answer.
Grain: study, slot_key, attribute, labeler, labeler_version.';
COMMENT ON COLUMN study_labels.study IS 'identity: short name of the study';
COMMENT ON COLUMN study_labels.slot_key IS 'identity: key of the slot within the study';
COMMENT ON COLUMN study_labels.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN study_labels.labeler IS 'identity: name of the labeler';
COMMENT ON COLUMN study_labels.labeler_kind IS 'identity: vision_model, local_model or person';
COMMENT ON COLUMN study_labels.labeler_version IS
'identity: version of the labeler; of people, of the published label file';
COMMENT ON COLUMN study_labels.value IS 'identity: declared value, or invalid for an answer outside the list';
COMMENT ON COLUMN study_labels.confidence IS
'identity: confidence of the reading (0 to 1); NULL if none is stated';
COMMENT ON COLUMN study_labels.raw IS 'identity: the label as the study wrote it';
COMMENT ON COLUMN study_labels.image_sha256 IS
'identity: SHA-256 of the picture; NULL where a study has labels only';

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

COMMENT ON TABLE study_scores IS
'One row for each figure computed from a study.
Grain: study, model, condition, prompt, attribute, reference, labeler, labeler_version, metric, value_name.';
COMMENT ON COLUMN study_scores.study IS 'identity: short name of the study';
COMMENT ON COLUMN study_scores.model IS 'identity: name of the model within the study';
COMMENT ON COLUMN study_scores.condition IS 'identity: baseline, controlled or confronted';
COMMENT ON COLUMN study_scores.prompt IS
'identity: name of the prompt within the study; NULL for a figure over all prompts';
COMMENT ON COLUMN study_scores.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN study_scores.reference IS 'identity: reference that is compared with; NULL if none is';
COMMENT ON COLUMN study_scores.labeler IS 'identity: name of the labeler';
COMMENT ON COLUMN study_scores.labeler_version IS 'identity: version of the labeler';
COMMENT ON COLUMN study_scores.metric IS 'identity: name of the metric (methodology)';
COMMENT ON COLUMN study_scores.value_name IS 'identity: value that the figure is about; NULL if about none';
COMMENT ON COLUMN study_scores.estimate IS 'identity: the figure; NULL where reason says why';
COMMENT ON COLUMN study_scores.low IS 'identity: lower end of the 95 % interval; NULL if none';
COMMENT ON COLUMN study_scores.high IS 'identity: upper end of the 95 % interval; NULL if none';
COMMENT ON COLUMN study_scores.n IS 'identity: number of pictures behind the figure';
COMMENT ON COLUMN study_scores.cells IS 'identity: number of cells that entered';
COMMENT ON COLUMN study_scores.planned_cells IS 'identity: number of cells that were planned';
COMMENT ON COLUMN study_scores.reason IS 'identity: why there is no figure; NULL if there is one';
