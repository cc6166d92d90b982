-- What it makes: what is kept so that publishing one week more reads that week and little else.
-- Grain: stated at each table; all of it is bookkeeping.

ALTER TABLE loads ADD COLUMN manifest VARCHAR;
COMMENT ON COLUMN loads.manifest IS
'run time: key of the manifest that was loaded; NULL if there was none, or an earlier version loaded it';

CREATE TABLE drift_cells (
    cell INTEGER NOT NULL,
    model VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    params_hash VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    turn INTEGER NOT NULL,
    metric VARCHAR NOT NULL,
    attribute VARCHAR,
    scale VARCHAR,
    labeler_version VARCHAR,
    value_name VARCHAR,
    prompt VARCHAR NOT NULL
);

COMMENT ON TABLE drift_cells IS
'One row for each share of a prompt that is followed over weeks.
Grain: cell.';
COMMENT ON COLUMN drift_cells.cell IS 'run time: its number, from 0';
COMMENT ON COLUMN drift_cells.model IS 'run time: name of the model entry';
COMMENT ON COLUMN drift_cells.series IS 'run time: name of the series';
COMMENT ON COLUMN drift_cells.params_hash IS 'run time: hash of the parameters';
COMMENT ON COLUMN drift_cells.track IS 'run time: model or system';
COMMENT ON COLUMN drift_cells.simulated IS 'run time: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN drift_cells.suite IS 'run time: suite without its version';
COMMENT ON COLUMN drift_cells.suite_major IS 'run time: major version of the suite';
COMMENT ON COLUMN drift_cells.condition IS 'run time: baseline, controlled or confronted';
COMMENT ON COLUMN drift_cells.turn IS 'run time: turn of the conversation';
COMMENT ON COLUMN drift_cells.metric IS 'run time: share or refused_rate';
COMMENT ON COLUMN drift_cells.attribute IS 'run time: attribute; NULL for refusals';
COMMENT ON COLUMN drift_cells.scale IS 'run time: values or bands; NULL for refusals';
COMMENT ON COLUMN drift_cells.labeler_version IS 'run time: version of the labeler; NULL for refusals';
COMMENT ON COLUMN drift_cells.value_name IS 'run time: the value; NULL for refusals';
COMMENT ON COLUMN drift_cells.prompt IS 'run time: prompt, written suite/prompt';

CREATE TABLE drift_counts (
    week DATE NOT NULL,
    cell INTEGER NOT NULL,
    hits INTEGER NOT NULL,
    n INTEGER NOT NULL
);

COMMENT ON TABLE drift_counts IS
'One row for each share of a prompt and week, as counts; of models that are withheld, too.
Grain: week, cell.';
COMMENT ON COLUMN drift_counts.week IS 'run time: Monday of the week';
COMMENT ON COLUMN drift_counts.cell IS 'run time: number in drift_cells';
COMMENT ON COLUMN drift_counts.hits IS 'run time: pictures with the value, or refusals';
COMMENT ON COLUMN drift_counts.n IS 'run time: pictures assessed, or answers';

CREATE TABLE drift_weeks (
    week DATE NOT NULL,
    inputs VARCHAR NOT NULL
);

COMMENT ON TABLE drift_weeks IS
'One row for each week that is counted in drift_counts.
Grain: week.';
COMMENT ON COLUMN drift_weeks.week IS 'run time: Monday of the week';
COMMENT ON COLUMN drift_weeks.inputs IS
'run time: digest of what its scores were computed from (scored_weeks)';

DROP TABLE history_state;

CREATE TABLE history_weeks (
    week DATE NOT NULL,
    inputs VARCHAR NOT NULL
);

COMMENT ON TABLE history_weeks IS
'One row for each week that the tables over all weeks were computed from.
Grain: week.';
COMMENT ON COLUMN history_weeks.week IS 'run time: Monday of the week';
COMMENT ON COLUMN history_weeks.inputs IS
'run time: digest of what its scores were computed from and of who is withheld';
