-- What it makes: the frozen pictures that every automatic labeler labels again each week, and what moved.
-- Grain: stated at each table.

CREATE TABLE anchors (
    anchor_set VARCHAR NOT NULL,
    position INTEGER NOT NULL,
    image_sha256 VARCHAR NOT NULL,
    image_ext VARCHAR NOT NULL,
    model VARCHAR,
    prompt VARCHAR,
    attributes VARCHAR NOT NULL
);

COMMENT ON TABLE anchors IS
'One row for each picture of each frozen anchor set.
Grain: anchor_set, position.';
COMMENT ON COLUMN anchors.anchor_set IS 'identity: name of the anchor set';
COMMENT ON COLUMN anchors.position IS 'identity: place in the set, from 0';
COMMENT ON COLUMN anchors.image_sha256 IS 'identity: SHA-256 of the picture''s bytes';
COMMENT ON COLUMN anchors.image_ext IS 'identity: file extension, without a dot';
COMMENT ON COLUMN anchors.model IS
'identity: model entry that drew the picture; NULL in a set that is shipped';
COMMENT ON COLUMN anchors.prompt IS
'identity: prompt that it answered, written suite/prompt; NULL in a set that is shipped';
COMMENT ON COLUMN anchors.attributes IS 'identity: attributes that are read off it, separated by commas';

CREATE TABLE anchor_labels (
    week DATE NOT NULL,
    anchor_set VARCHAR NOT NULL,
    image_sha256 VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    confidence DOUBLE,
    raw VARCHAR,
    labeled_at TIMESTAMP
);

COMMENT ON TABLE anchor_labels IS
'One row for each label of an anchor picture in a week.
Grain: week, anchor_set, image_sha256, attribute, labeler, labeler_version.';
COMMENT ON COLUMN anchor_labels.week IS 'identity: Monday of the week for which it was labelled';
COMMENT ON COLUMN anchor_labels.anchor_set IS 'identity: name of the anchor set';
COMMENT ON COLUMN anchor_labels.image_sha256 IS 'identity: SHA-256 of the picture that was looked at';
COMMENT ON COLUMN anchor_labels.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN anchor_labels.labeler IS 'identity: name of the labeler';
COMMENT ON COLUMN anchor_labels.labeler_version IS 'identity: version of the labeler';
COMMENT ON COLUMN anchor_labels.value IS
'identity: declared value, or invalid for an answer outside the list';
COMMENT ON COLUMN anchor_labels.confidence IS
'identity: confidence of the reading (0 to 1); NULL if none is stated';
COMMENT ON COLUMN anchor_labels.raw IS 'identity: raw answer, where value alone does not say it';
COMMENT ON COLUMN anchor_labels.labeled_at IS 'run time: when the picture was read (UTC)';

CREATE TABLE drift_acceptances (
    week DATE NOT NULL,
    anchor_set VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    reason VARCHAR NOT NULL,
    accepted_by VARCHAR,
    accepted_at TIMESTAMP
);

COMMENT ON TABLE drift_acceptances IS
'One row for each labeler drift that a person accepted.
Grain: week, anchor_set, labeler, labeler_version, attribute.';
COMMENT ON COLUMN drift_acceptances.week IS 'identity: Monday of the week whose labels were accepted';
COMMENT ON COLUMN drift_acceptances.anchor_set IS 'identity: name of the anchor set';
COMMENT ON COLUMN drift_acceptances.labeler IS 'identity: name of the labeler';
COMMENT ON COLUMN drift_acceptances.labeler_version IS 'identity: version of the labeler';
COMMENT ON COLUMN drift_acceptances.attribute IS 'identity: attribute whose labels moved';
COMMENT ON COLUMN drift_acceptances.reason IS 'identity: why it was accepted, in that person''s words';
COMMENT ON COLUMN drift_acceptances.accepted_by IS
'identity: pseudonym of that person; NULL if none was given';
COMMENT ON COLUMN drift_acceptances.accepted_at IS 'run time: when it was accepted (UTC)';

CREATE TABLE labeler_drift (
    week DATE NOT NULL,
    anchor_set VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    baseline_week DATE NOT NULL,
    previous_week DATE NOT NULL,
    pictures INTEGER NOT NULL,
    moved INTEGER NOT NULL,
    moved_since_previous INTEGER NOT NULL,
    examples VARCHAR,
    accepted_reason VARCHAR,
    accepted_by VARCHAR
);

COMMENT ON TABLE labeler_drift IS
'One row for each comparison of an anchor set''s labels with earlier ones of the same labeler version.
An event, labeler_drift, is a row with moved > 0; it is open until accepted_reason says why it is accepted.
Grain: week, anchor_set, labeler, labeler_version, attribute.';
COMMENT ON COLUMN labeler_drift.week IS 'identity: Monday of the week whose labels are compared';
COMMENT ON COLUMN labeler_drift.anchor_set IS 'identity: name of the anchor set';
COMMENT ON COLUMN labeler_drift.labeler IS 'identity: name of the labeler';
COMMENT ON COLUMN labeler_drift.labeler_version IS
'identity: version of the labeler; a new one is a new series';
COMMENT ON COLUMN labeler_drift.attribute IS 'identity: attribute that was labelled';
COMMENT ON COLUMN labeler_drift.baseline_week IS
'identity: week that is compared with: the latest before it whose moved labels were accepted, else the first';
COMMENT ON COLUMN labeler_drift.previous_week IS
'identity: latest week before it in which the set was labelled';
COMMENT ON COLUMN labeler_drift.pictures IS 'identity: number of pictures that were labelled in both weeks';
COMMENT ON COLUMN labeler_drift.moved IS
'identity: number of those whose value is another than in baseline_week';
COMMENT ON COLUMN labeler_drift.moved_since_previous IS
'identity: number of pictures whose value is another than in previous_week';
COMMENT ON COLUMN labeler_drift.examples IS
'identity: up to five that moved: start of the picture''s hash, value before, value now; NULL if none';
COMMENT ON COLUMN labeler_drift.accepted_reason IS
'identity: why a person accepted that the labels moved; NULL if nobody did';
COMMENT ON COLUMN labeler_drift.accepted_by IS 'identity: pseudonym of that person; NULL if none was given';

CREATE TABLE anchor_loads (
    week DATE,
    fingerprint VARCHAR NOT NULL
);

COMMENT ON TABLE anchor_loads IS
'One row for each week whose anchor labels are loaded, and one without a week for the sets themselves.
Grain: week.';
COMMENT ON COLUMN anchor_loads.week IS 'run time: Monday of the week; empty for the list of pictures';
COMMENT ON COLUMN anchor_loads.fingerprint IS 'run time: digest of the names of the objects that were loaded';
