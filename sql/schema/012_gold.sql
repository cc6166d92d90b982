-- What it makes: gold: random samples of pictures with inclusion probabilities, and what people said of them.
-- Grain: stated at each table. A gold set is loaded as a whole. Live marts never read these tables.

CREATE TABLE gold_samples (
    gold_set VARCHAR NOT NULL,
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    slot_key VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    prompt VARCHAR NOT NULL,
    turn INTEGER NOT NULL,
    image_sha256 VARCHAR NOT NULL,
    stratified_by VARCHAR NOT NULL,
    stratum VARCHAR NOT NULL,
    predicted VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR,
    stratum_pictures INTEGER NOT NULL,
    stratum_sampled INTEGER NOT NULL,
    inclusion_probability DOUBLE NOT NULL,
    seed BIGINT NOT NULL,
    raters VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL
);

COMMENT ON TABLE gold_samples IS
'One row for each picture of each gold set: a random sample of a week, by strata, that people look at.
Grain: gold_set, slot_key.';
COMMENT ON COLUMN gold_samples.gold_set IS 'identity: name of the gold set';
COMMENT ON COLUMN gold_samples.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN gold_samples.model IS 'identity: name of the model entry';
COMMENT ON COLUMN gold_samples.slot_key IS 'identity: key of the slot, 64 hexadecimal digits';
COMMENT ON COLUMN gold_samples.suite IS 'identity: suite without its version';
COMMENT ON COLUMN gold_samples.suite_major IS
'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN gold_samples.prompt IS 'identity: prompt, written suite/prompt';
COMMENT ON COLUMN gold_samples.turn IS 'identity: turn of the conversation, from 1; 1 for an ordinary prompt';
COMMENT ON COLUMN gold_samples.image_sha256 IS 'identity: SHA-256 of the picture''s bytes';
COMMENT ON COLUMN gold_samples.stratified_by IS 'identity: attribute whose predicted values are the strata';
COMMENT ON COLUMN gold_samples.stratum IS
'identity: stratum of the picture, written model/suite@major/predicted value';
COMMENT ON COLUMN gold_samples.predicted IS
'identity: value that the labeler read when the sample was drawn; not_assessed if it had read none';
COMMENT ON COLUMN gold_samples.labeler IS
'identity: labeler that the plan names, whose values are the strata';
COMMENT ON COLUMN gold_samples.labeler_version IS
'identity: version of the labeler; NULL if it had labelled nothing of the model';
COMMENT ON COLUMN gold_samples.stratum_pictures IS 'identity: number of pictures of the stratum';
COMMENT ON COLUMN gold_samples.stratum_sampled IS
'identity: number of pictures that were drawn of the stratum';
COMMENT ON COLUMN gold_samples.inclusion_probability IS
'identity: chance that the picture had of being drawn: stratum_sampled / stratum_pictures';
COMMENT ON COLUMN gold_samples.seed IS
'identity: seed of the draw: of a stratum those pictures with the lowest sha256(seed/slot_key)';
COMMENT ON COLUMN gold_samples.raters IS
'identity: pseudonyms of the raters who were given the picture, separated by commas';
COMMENT ON COLUMN gold_samples.simulated IS 'identity: true if the picture is drawn by a simulated model';

CREATE TABLE gold_strata (
    gold_set VARCHAR NOT NULL,
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    stratified_by VARCHAR NOT NULL,
    stratum VARCHAR NOT NULL,
    predicted VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR,
    attribute VARCHAR NOT NULL,
    pictures INTEGER NOT NULL,
    sampled INTEGER NOT NULL,
    suite_pictures INTEGER NOT NULL
);

COMMENT ON TABLE gold_strata IS
'One row for each stratum of each gold set and each attribute that applies to pictures of it.
Grain: gold_set, stratum, attribute.';
COMMENT ON COLUMN gold_strata.gold_set IS 'identity: name of the gold set';
COMMENT ON COLUMN gold_strata.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN gold_strata.model IS 'identity: name of the model entry';
COMMENT ON COLUMN gold_strata.suite IS 'identity: suite without its version';
COMMENT ON COLUMN gold_strata.suite_major IS
'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN gold_strata.stratified_by IS 'identity: attribute whose predicted values are the strata';
COMMENT ON COLUMN gold_strata.stratum IS 'identity: stratum, written model/suite@major/predicted value';
COMMENT ON COLUMN gold_strata.predicted IS
'identity: value that the labeler read when the sample was drawn; not_assessed if it had read none';
COMMENT ON COLUMN gold_strata.labeler IS 'identity: labeler that the plan names, whose values are the strata';
COMMENT ON COLUMN gold_strata.labeler_version IS
'identity: version of the labeler; NULL if it had labelled nothing of the model';
COMMENT ON COLUMN gold_strata.attribute IS 'identity: attribute that people are asked about';
COMMENT ON COLUMN gold_strata.pictures IS
'identity: number of pictures of the stratum that the attribute applies to';
COMMENT ON COLUMN gold_strata.sampled IS 'identity: number of them that were drawn';
COMMENT ON COLUMN gold_strata.suite_pictures IS
'identity: pictures of the model and suite that the attribute applies to, in a stratum or not';

CREATE TABLE gold_labels (
    gold_set VARCHAR NOT NULL,
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    slot_key VARCHAR NOT NULL,
    image_sha256 VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    prompt VARCHAR NOT NULL,
    stratum VARCHAR NOT NULL,
    predicted VARCHAR NOT NULL,
    inclusion_probability DOUBLE NOT NULL,
    attribute VARCHAR NOT NULL,
    rater VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    imported_at TIMESTAMP
);

COMMENT ON TABLE gold_labels IS
'One row for each answer of a person about a picture of a gold set.
Labels describe how depictions are perceived; the people do not exist.
Grain: gold_set, slot_key, attribute, rater.';
COMMENT ON COLUMN gold_labels.gold_set IS 'identity: name of the gold set';
COMMENT ON COLUMN gold_labels.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN gold_labels.model IS 'identity: name of the model entry';
COMMENT ON COLUMN gold_labels.slot_key IS 'identity: key of the slot, 64 hexadecimal digits';
COMMENT ON COLUMN gold_labels.image_sha256 IS 'identity: SHA-256 of the picture that was looked at';
COMMENT ON COLUMN gold_labels.suite IS 'identity: suite without its version';
COMMENT ON COLUMN gold_labels.suite_major IS
'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN gold_labels.prompt IS 'identity: prompt, written suite/prompt';
COMMENT ON COLUMN gold_labels.stratum IS
'identity: stratum of the picture, written model/suite@major/predicted value';
COMMENT ON COLUMN gold_labels.predicted IS
'identity: value that the labeler read of the stratifying attribute when the sample was drawn';
COMMENT ON COLUMN gold_labels.inclusion_probability IS
'identity: chance that the picture had of being drawn; its inverse is its weight';
COMMENT ON COLUMN gold_labels.attribute IS 'identity: attribute that was asked about';
COMMENT ON COLUMN gold_labels.rater IS 'identity: pseudonym of the person; adjudicator settles what two said';
COMMENT ON COLUMN gold_labels.value IS 'identity: declared value that the person chose';
COMMENT ON COLUMN gold_labels.imported_at IS 'run time: when the answer was taken in (UTC)';

CREATE TABLE gold_loads (
    gold_set VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL
);

COMMENT ON TABLE gold_loads IS
'One row for each loaded gold set.
Grain: gold_set.';
COMMENT ON COLUMN gold_loads.gold_set IS 'run time: name of the gold set';
COMMENT ON COLUMN gold_loads.fingerprint IS 'run time: digest of the names of the objects that were loaded';
