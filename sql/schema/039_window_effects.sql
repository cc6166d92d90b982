-- What it makes: what one word changes, of the pictures of up to four weeks, with what differences scatter.
-- Grain: stated at the table. Publishing replaces a week as a whole.

CREATE TABLE window_effects (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    params_hash VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    kind VARCHAR NOT NULL,
    a VARCHAR NOT NULL,
    b VARCHAR NOT NULL,
    turn_a INTEGER NOT NULL,
    turn_b INTEGER NOT NULL,
    subject VARCHAR,
    prompt_a VARCHAR,
    prompt_b VARCHAR,
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
    estimate_a DOUBLE,
    estimate_b DOUBLE,
    n_a INTEGER NOT NULL,
    n_b INTEGER NOT NULL,
    cells INTEGER NOT NULL,
    planned_cells INTEGER NOT NULL,
    scatter DOUBLE,
    scatter_freedom DOUBLE,
    scatter_measured BOOLEAN,
    quiet_weeks INTEGER,
    settling BOOLEAN NOT NULL,
    reason VARCHAR
);

COMMENT ON TABLE window_effects IS
'One row for each change in a model''s pictures of the four weeks that end with a week, from prompts a to
prompts b of one suite; effects has those of single weeks. A week counts for a pair of prompts if both sides
have assessed pictures. A model that is withheld in the week has no row.
Grain: week, model, suite, suite_major, kind, a, b, subject, attribute, reference, scale, metric,
value_name.';
COMMENT ON COLUMN window_effects.week IS 'identity: Monday of the last week of the window';
COMMENT ON COLUMN window_effects.model IS 'identity: name of the model entry';
COMMENT ON COLUMN window_effects.series IS 'identity: name of the series';
COMMENT ON COLUMN window_effects.params_hash IS
'identity: first eight hexadecimal digits of the SHA-256 of the parameters';
COMMENT ON COLUMN window_effects.track IS 'identity: model or system';
COMMENT ON COLUMN window_effects.simulated IS
'identity: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN window_effects.suite IS 'identity: suite without its version';
COMMENT ON COLUMN window_effects.suite_major IS
'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN window_effects.kind IS
'identity: wording, language, controlled (b asks for diversity) or confronted (b was told that it lacks)';
COMMENT ON COLUMN window_effects.a IS 'identity: name of the prompts that are changed';
COMMENT ON COLUMN window_effects.b IS 'identity: name of what they are changed into';
COMMENT ON COLUMN window_effects.turn_a IS 'identity: 1, or 2 for what came after a confrontation';
COMMENT ON COLUMN window_effects.turn_b IS 'identity: 1, or 2 for what came after a confrontation';
COMMENT ON COLUMN window_effects.subject IS
'identity: subject of the pair of prompts; NULL for the mean over all subjects';
COMMENT ON COLUMN window_effects.prompt_a IS
'identity: prompt of the pair, written suite/prompt; NULL for the mean';
COMMENT ON COLUMN window_effects.prompt_b IS
'identity: prompt that it is changed into, written suite/prompt; NULL for the mean';
COMMENT ON COLUMN window_effects.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN window_effects.reference IS 'identity: reference that is compared with; NULL if none is';
COMMENT ON COLUMN window_effects.scale IS 'identity: values or bands';
COMMENT ON COLUMN window_effects.labeler_version IS
'identity: version of the labeler; pictures that another one read are not in the window; NULL if nothing was
labelled';
COMMENT ON COLUMN window_effects.metric IS
'identity: share, distance2, controllability, overcorrection or caricature_rate (methodology)';
COMMENT ON COLUMN window_effects.value_name IS
'identity: value, or values with commas between, that the figure is about; NULL if about none';
COMMENT ON COLUMN window_effects.window_weeks IS 'identity: calendar weeks whose pictures are pooled';
COMMENT ON COLUMN window_effects.weeks IS
'identity: of them, those in which both sides of a pair that entered have assessed pictures';
COMMENT ON COLUMN window_effects.first_week IS
'identity: Monday of the first week of the window: three weeks before, or that of a change of either side
opened by then';
COMMENT ON COLUMN window_effects.estimate IS 'identity: the figure, b - a; NULL where reason says why';
COMMENT ON COLUMN window_effects.low IS
'identity: lower end of the 95 % interval, scatter of the weekly differences in it; NULL if none';
COMMENT ON COLUMN window_effects.high IS 'identity: upper end of that interval; NULL if none';
COMMENT ON COLUMN window_effects.estimate_a IS
'identity: share, or distance2, of a, mean over the pairs that entered; NULL where estimate is';
COMMENT ON COLUMN window_effects.estimate_b IS
'identity: share, or distance2, of b, mean over the pairs that entered; NULL where estimate is';
COMMENT ON COLUMN window_effects.n_a IS 'identity: number of pictures of a behind the figure';
COMMENT ON COLUMN window_effects.n_b IS 'identity: number of pictures of b behind the figure';
COMMENT ON COLUMN window_effects.cells IS
'identity: number of pairs of prompts that entered: those with five assessed pictures on both sides';
COMMENT ON COLUMN window_effects.planned_cells IS 'identity: number of pairs of prompts that the suite has';
COMMENT ON COLUMN window_effects.scatter IS
'identity: standard deviation of the figure of a week beyond sampling; NULL where nothing entered';
COMMENT ON COLUMN window_effects.scatter_freedom IS
'identity: degrees of freedom of the quantile behind low and high; NULL: the normal one';
COMMENT ON COLUMN window_effects.scatter_measured IS
'identity: false: scatter is not yet measured, and that of sides that move by five points each is taken';
COMMENT ON COLUMN window_effects.quiet_weeks IS
'identity: weeks, of the last twelve, without an opened change after them, on which scatter is measured';
COMMENT ON COLUMN window_effects.settling IS
'identity: true if a change of the attribute was opened on either side in the last four weeks';
COMMENT ON COLUMN window_effects.reason IS 'identity: why there is no figure; NULL if there is one';
