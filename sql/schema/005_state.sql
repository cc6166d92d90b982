-- What it makes: what was loaded and scored from which objects, so that only what changed is done again.
-- Grain: stated at each table.

CREATE TABLE loads (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    fingerprint VARCHAR NOT NULL
);

COMMENT ON TABLE loads IS
'One row for each loaded partition.
Grain: week, model.';
COMMENT ON COLUMN loads.week IS 'run time: Monday of the week in which the model was asked';
COMMENT ON COLUMN loads.model IS 'run time: name of the model entry';
COMMENT ON COLUMN loads.fingerprint IS 'run time: digest of the names of the objects that were loaded';

CREATE TABLE scored_weeks (
    week DATE NOT NULL,
    inputs VARCHAR NOT NULL
);

COMMENT ON TABLE scored_weeks IS
'One row for each week whose scores are computed.
Grain: week.';
COMMENT ON COLUMN scored_weeks.week IS 'run time: Monday of the week';
COMMENT ON COLUMN scored_weeks.inputs IS 'run time: digest of loads and code';
