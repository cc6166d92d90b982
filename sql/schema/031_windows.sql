-- What it makes: the published figures: of the pictures of up to four weeks, with what a model scatters.
-- Grain: stated at the table. Publishing replaces a week as a whole.

CREATE TABLE window_scores (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    params_hash VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    prompt VARCHAR,
    turn INTEGER NOT NULL,
    attribute VARCHAR NOT NULL,
    reference VARCHAR,
    scale VARCHAR NOT NULL,
    labeler_version VARCHAR,
    metric VARCHAR NOT NULL,
    value_name VARCHAR,
    window_weeks INTEGER NOT NULL,
    weeks INTEGER NOT NULL,
    first_week DATE NOT NULL,
    estimate DOUBLE,
    low DOUBLE,
    high DOUBLE,
    prompts_low DOUBLE,
    prompts_high DOUBLE,
    n INTEGER NOT NULL,
    cells INTEGER NOT NULL,
    scatter DOUBLE,
    scatter_freedom DOUBLE,
    scatter_measured BOOLEAN,
    quiet_weeks INTEGER,
    settling BOOLEAN NOT NULL,
    reason VARCHAR
);

COMMENT ON TABLE window_scores IS
'One row for each figure of the four weeks that end with a week; scores has those of single weeks.
A model that is withheld in the week has no row.
Grain: week, model, suite, suite_major, condition, prompt, turn,
attribute, reference, scale, metric, value_name.';
COMMENT ON COLUMN window_scores.week IS 'identity: Monday of the last week of the window';
COMMENT ON COLUMN window_scores.model IS 'identity: name of the model entry';
COMMENT ON COLUMN window_scores.series IS 'identity: name of the series';
COMMENT ON COLUMN window_scores.params_hash IS
'identity: first eight hexadecimal digits of the SHA-256 of the parameters';
COMMENT ON COLUMN window_scores.track IS 'identity: model or system';
COMMENT ON COLUMN window_scores.simulated IS
'identity: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN window_scores.suite IS 'identity: suite without its version';
COMMENT ON COLUMN window_scores.suite_major IS
'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN window_scores.condition IS 'identity: baseline, controlled or confronted';
COMMENT ON COLUMN window_scores.prompt IS
'identity: prompt, written suite/prompt; NULL for a figure of the whole suite';
COMMENT ON COLUMN window_scores.turn IS 'identity: 1, or 2 for what came after a confrontation';
COMMENT ON COLUMN window_scores.attribute IS 'identity: attribute';
COMMENT ON COLUMN window_scores.reference IS 'identity: reference that is compared with; NULL if none is';
COMMENT ON COLUMN window_scores.scale IS 'identity: values or bands';
COMMENT ON COLUMN window_scores.labeler_version IS
'identity: version of the labeler; pictures that another one read are not in the window';
COMMENT ON COLUMN window_scores.metric IS 'identity: name of the metric (methodology)';
COMMENT ON COLUMN window_scores.value_name IS
'identity: value that the figure is about; NULL if about none';
COMMENT ON COLUMN window_scores.window_weeks IS 'identity: calendar weeks whose pictures are pooled';
COMMENT ON COLUMN window_scores.weeks IS
'identity: of them, those with assessed pictures, since the window began anew';
COMMENT ON COLUMN window_scores.first_week IS
'identity: Monday of the first week of the window: three weeks before, or that of a change opened by then';
COMMENT ON COLUMN window_scores.estimate IS 'identity: the figure; NULL where reason says why';
COMMENT ON COLUMN window_scores.low IS
'identity: lower end of the 95 % interval, prompts fixed, scatter from week to week in it';
COMMENT ON COLUMN window_scores.high IS 'identity: upper end of that interval';
COMMENT ON COLUMN window_scores.prompts_low IS
'identity: lower end of the 95 % interval over prompts like these; NULL for fewer than ten prompts and for
figures that are no mean over prompts';
COMMENT ON COLUMN window_scores.prompts_high IS 'identity: upper end of that interval';
COMMENT ON COLUMN window_scores.n IS 'identity: number of pictures behind the figure';
COMMENT ON COLUMN window_scores.cells IS
'identity: number of prompts that entered: those with five assessed pictures in the window';
COMMENT ON COLUMN window_scores.scatter IS
'identity: standard deviation of the figure of a week beyond sampling; of distance that of distance2; NULL
where nothing entered';
COMMENT ON COLUMN window_scores.scatter_freedom IS
'identity: degrees of freedom of the quantile behind low and high; NULL: the normal one';
COMMENT ON COLUMN window_scores.scatter_measured IS
'identity: false: scatter is not yet measured, and that of five shared points of a share is taken';
COMMENT ON COLUMN window_scores.quiet_weeks IS
'identity: weeks, of the last twelve, without an opened change after them, on which scatter is measured';
COMMENT ON COLUMN window_scores.settling IS
'identity: true if a change of the attribute was opened in the last four weeks';
COMMENT ON COLUMN window_scores.reason IS 'identity: why there is no figure; NULL if there is one';
