-- What it makes: anchor sets, which are labeled again every week, and what that says of labelers.
-- Grain: stated at each table. A comment above a table or behind a column is its COMMENT in the database.

-- One row for each picture of each frozen anchor set.
-- Grain: anchor_set, position.
CREATE TABLE anchors (
    anchor_set VARCHAR NOT NULL,  -- identity: name of the anchor set
    position INTEGER NOT NULL,  -- identity: place in the set, from 0
    image_sha256 VARCHAR NOT NULL,  -- identity: SHA-256 of the picture's bytes
    image_ext VARCHAR NOT NULL,  -- identity: file extension, without a dot
    model VARCHAR,  -- identity: model entry that drew the picture; NULL in a set that is shipped
    prompt VARCHAR,  -- identity: prompt that it answered, written suite/prompt; NULL in a set that is shipped
    attributes VARCHAR NOT NULL  -- identity: attributes that are read off it, separated by commas
);

-- One row for each label of an anchor picture in a week.
-- Grain: week, anchor_set, image_sha256, attribute, labeler, labeler_version.
CREATE TABLE anchor_labels (
    week DATE NOT NULL,  -- identity: Monday of the week for which it was labelled
    anchor_set VARCHAR NOT NULL,  -- identity: name of the anchor set
    image_sha256 VARCHAR NOT NULL,  -- identity: SHA-256 of the picture that was looked at
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    labeler VARCHAR NOT NULL,  -- identity: name of the labeler
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler
    value VARCHAR NOT NULL,  -- identity: declared value, or invalid for an answer outside the list
    confidence DOUBLE,  -- identity: confidence of the reading (0 to 1); NULL if none is stated
    raw VARCHAR,  -- identity: raw answer, where value alone does not say it
    labeled_at TIMESTAMP  -- run time: when the picture was read (UTC)
);

-- One row for each labeler drift that a person accepted.
-- Grain: week, anchor_set, labeler, labeler_version, attribute.
CREATE TABLE drift_acceptances (
    week DATE NOT NULL,  -- identity: Monday of the week whose labels were accepted
    anchor_set VARCHAR NOT NULL,  -- identity: name of the anchor set
    labeler VARCHAR NOT NULL,  -- identity: name of the labeler
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler
    attribute VARCHAR NOT NULL,  -- identity: attribute whose labels moved
    reason VARCHAR NOT NULL,  -- identity: why it was accepted, in that person's words
    accepted_by VARCHAR,  -- identity: pseudonym of that person; NULL if none was given
    accepted_at TIMESTAMP  -- run time: when it was accepted (UTC)
);

-- One row for each comparison of an anchor set's labels with earlier ones of the same labeler version.
-- An event, labeler_drift, is a row with moved > 0; it is open until accepted_reason says why it is accepted.
-- Grain: week, anchor_set, labeler, labeler_version, attribute.
CREATE TABLE labeler_drift (
    week DATE NOT NULL,  -- identity: Monday of the week whose labels are compared
    anchor_set VARCHAR NOT NULL,  -- identity: name of the anchor set
    labeler VARCHAR NOT NULL,  -- identity: name of the labeler
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler; a new one is a new series
    attribute VARCHAR NOT NULL,  -- identity: attribute that was labelled
    baseline_week DATE NOT NULL,  -- identity: week that is compared with: the latest before it whose moved
    -- labels were accepted, else the first
    previous_week DATE NOT NULL,  -- identity: latest week before it in which the set was labelled
    pictures INTEGER NOT NULL,  -- identity: number of pictures that were labelled in both weeks
    moved INTEGER NOT NULL,  -- identity: number of those whose value is another than in baseline_week
    moved_since_previous INTEGER NOT NULL,  -- identity: number of pictures whose value is another than in
    -- previous_week
    examples VARCHAR,  -- identity: up to five that moved: start of the picture's hash, value before, value
    -- now; NULL if none
    accepted_reason VARCHAR,  -- identity: why a person accepted that the labels moved; NULL if nobody did
    accepted_by VARCHAR  -- identity: pseudonym of that person; NULL if none was given
);
