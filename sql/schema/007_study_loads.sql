-- What it makes: which import of a study was loaded, so that a newer one is seen.
-- Grain: stated at the table.

CREATE TABLE study_loads (
    study VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL
);

COMMENT ON TABLE study_loads IS
'One row for each loaded study.
Grain: study.';
COMMENT ON COLUMN study_loads.study IS 'run time: short name of the study';
COMMENT ON COLUMN study_loads.fingerprint IS 'run time: digest of the names of the objects that were loaded';
