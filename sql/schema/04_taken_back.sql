-- What it makes: what was taken back, on record in the bucket.
-- Grain: stated at each table. A comment above a table or behind a column is its COMMENT in the database.

-- One row for each slot of a record that answers or labels of a model's week were taken back, or one for all.
-- They are in no figure of this edition: such an answer has the outcome retracted, such labels are no rows.
-- Studies that were taken back are in no table.
-- Grain: retraction, slot_key.
CREATE TABLE retractions (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    retraction VARCHAR NOT NULL,  -- identity: key of the record in the bucket
    slot_key VARCHAR,  -- identity: slot whose answer was taken back; NULL: those of all slots
    labeler VARCHAR,  -- identity: labeler whose labels alone were taken back; NULL: the answers
    labeler_version VARCHAR,  -- identity: version of that labeler
    attribute VARCHAR,  -- identity: attribute of which the labels are; NULL: all
    reason VARCHAR NOT NULL,  -- identity: why, in the words of who publishes
    retracted_at TIMESTAMP NOT NULL  -- run time: when it was taken back (UTC)
);

-- One row for each slot whose picture was removed: the bytes were deleted, and no page shows it.
-- The slot, its outcome and its labels stay, and count as before.
-- Grain: slot_key.
CREATE TABLE removals (
    week DATE,  -- identity: Monday of the week in which the model was asked; NULL of a study
    model VARCHAR,  -- identity: name of the model entry; NULL of a study
    study VARCHAR,  -- identity: short name of the study; NULL of a week
    slot_key VARCHAR NOT NULL,  -- identity: key of the slot
    image_sha256 VARCHAR NOT NULL,  -- identity: SHA-256 of the picture's bytes
    reason VARCHAR NOT NULL,  -- identity: why, in the words of who publishes
    removed_at TIMESTAMP NOT NULL  -- run time: when it was removed (UTC)
);
