-- What it makes: the tables of what is computed from the loaded ones when a week is published.
-- Grain: stated at each table. Publishing replaces a week as a whole.

CREATE TABLE scores (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    params_hash VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    prompt VARCHAR,
    turn INTEGER NOT NULL,
    attribute VARCHAR,
    reference VARCHAR,
    scale VARCHAR,
    labeler_version VARCHAR,
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

COMMENT ON TABLE scores IS
'One row for each computed figure.
Grain: week, model, suite, suite_major, condition, prompt, turn,
attribute, reference, scale, metric, value_name.';
COMMENT ON COLUMN scores.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN scores.model IS 'identity: name of the model entry';
COMMENT ON COLUMN scores.series IS 'identity: name of the series';
COMMENT ON COLUMN scores.params_hash IS
'identity: first eight hexadecimal digits of the SHA-256 of the parameters';
COMMENT ON COLUMN scores.track IS 'identity: model or system';
COMMENT ON COLUMN scores.suite IS 'identity: suite without its version';
COMMENT ON COLUMN scores.suite_major IS 'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN scores.condition IS 'identity: baseline, controlled or confronted';
COMMENT ON COLUMN scores.prompt IS
'identity: prompt, written suite/prompt; NULL for a figure of the whole suite';
COMMENT ON COLUMN scores.turn IS 'identity: 1, or 2 for what came after a confrontation';
COMMENT ON COLUMN scores.attribute IS 'identity: attribute; NULL for a rate of outcomes';
COMMENT ON COLUMN scores.reference IS 'identity: reference that is compared with; NULL if none is';
COMMENT ON COLUMN scores.scale IS 'identity: values or bands; NULL for a rate of outcomes';
COMMENT ON COLUMN scores.labeler_version IS 'identity: version of the labeler; NULL for a rate of outcomes';
COMMENT ON COLUMN scores.metric IS 'identity: name of the metric (methodology)';
COMMENT ON COLUMN scores.value_name IS 'identity: value that the figure is about; NULL if about none';
COMMENT ON COLUMN scores.estimate IS 'identity: the figure; NULL where reason says why';
COMMENT ON COLUMN scores.low IS 'identity: lower end of the 95 % interval; NULL if none';
COMMENT ON COLUMN scores.high IS 'identity: upper end of the 95 % interval; NULL if none';
COMMENT ON COLUMN scores.n IS 'identity: number of pictures or answers behind the figure';
COMMENT ON COLUMN scores.cells IS 'identity: number of cells that entered';
COMMENT ON COLUMN scores.planned_cells IS 'identity: number of cells that were planned';
COMMENT ON COLUMN scores.reason IS 'identity: why there is no figure; NULL if there is one';

CREATE TABLE withheld (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    reason VARCHAR NOT NULL
);

COMMENT ON TABLE withheld IS
'One row for each reason for which a model is not published in a week.
Grain: week, model, reason.';
COMMENT ON COLUMN withheld.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN withheld.model IS 'identity: name of the model entry';
COMMENT ON COLUMN withheld.reason IS 'identity: why the model is withheld, in words for the reader';

CREATE TABLE check_results (
    week DATE NOT NULL,
    model VARCHAR,
    check_name VARCHAR NOT NULL,
    severity VARCHAR NOT NULL,
    status VARCHAR NOT NULL,
    failing_rows INTEGER NOT NULL,
    message VARCHAR NOT NULL
);

COMMENT ON TABLE check_results IS
'One row for each check of a publish.
Grain: week, model, check_name.';
COMMENT ON COLUMN check_results.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN check_results.model IS
'identity: model that the failing rows name; NULL if the check concerns all';
COMMENT ON COLUMN check_results.check_name IS 'identity: table__rule';
COMMENT ON COLUMN check_results.severity IS 'identity: critical (withholds or stops) or warning';
COMMENT ON COLUMN check_results.status IS 'identity: pass, fail or error';
COMMENT ON COLUMN check_results.failing_rows IS 'identity: number of rows that broke the rule';
COMMENT ON COLUMN check_results.message IS 'identity: one line that says what is wrong';
