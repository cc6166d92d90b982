-- What it makes: the tables of what one word changes, in the pictures of a model and of a study.
-- Grain: stated at each table. Publishing replaces a week as a whole, importing a study.

CREATE TABLE effects (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
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
    estimate DOUBLE,
    low DOUBLE,
    high DOUBLE,
    estimate_a DOUBLE,
    estimate_b DOUBLE,
    n_a INTEGER NOT NULL,
    n_b INTEGER NOT NULL,
    cells INTEGER NOT NULL,
    planned_cells INTEGER NOT NULL,
    reason VARCHAR
);

COMMENT ON TABLE effects IS
'One row for each change in a model''s pictures from prompts a to prompts b of one suite, which differ in a
word, in language, or in whether diversity was asked for.
Grain: week, model, suite, suite_major, kind, a, b, subject, attribute, reference, scale, metric,
value_name.';
COMMENT ON COLUMN effects.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN effects.model IS 'identity: name of the model entry';
COMMENT ON COLUMN effects.series IS 'identity: name of the series';
COMMENT ON COLUMN effects.track IS 'identity: model or system';
COMMENT ON COLUMN effects.suite IS 'identity: suite without its version';
COMMENT ON COLUMN effects.suite_major IS 'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN effects.kind IS
'identity: wording, language, controlled (b asks for diversity) or confronted (b was told that it lacks)';
COMMENT ON COLUMN effects.a IS 'identity: name of the prompts that are changed';
COMMENT ON COLUMN effects.b IS 'identity: name of what they are changed into';
COMMENT ON COLUMN effects.turn_a IS 'identity: 1, or 2 for what came after a confrontation';
COMMENT ON COLUMN effects.turn_b IS 'identity: 1, or 2 for what came after a confrontation';
COMMENT ON COLUMN effects.subject IS
'identity: subject of the pair of prompts; NULL for the mean over all subjects';
COMMENT ON COLUMN effects.prompt_a IS 'identity: prompt of the pair, written suite/prompt; NULL for the mean';
COMMENT ON COLUMN effects.prompt_b IS
'identity: prompt that it is changed into, written suite/prompt; NULL for the mean';
COMMENT ON COLUMN effects.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN effects.reference IS 'identity: reference that is compared with; NULL if none is';
COMMENT ON COLUMN effects.scale IS 'identity: values or bands';
COMMENT ON COLUMN effects.labeler_version IS
'identity: version of the labeler; NULL if nothing was labelled';
COMMENT ON COLUMN effects.metric IS
'identity: share, distance2, controllability, overcorrection or caricature_rate (methodology)';
COMMENT ON COLUMN effects.value_name IS
'identity: value, or values with commas between, that the figure is about; NULL if about none';
COMMENT ON COLUMN effects.estimate IS 'identity: the figure, b - a; NULL where reason says why';
COMMENT ON COLUMN effects.low IS 'identity: lower end of the 95 % interval; NULL if none';
COMMENT ON COLUMN effects.high IS 'identity: upper end of the 95 % interval; NULL if none';
COMMENT ON COLUMN effects.estimate_a IS
'identity: share, or distance2, of a, mean over the pairs that entered; NULL where estimate is';
COMMENT ON COLUMN effects.estimate_b IS
'identity: share, or distance2, of b, mean over the pairs that entered; NULL where estimate is';
COMMENT ON COLUMN effects.n_a IS 'identity: number of pictures of a behind the figure';
COMMENT ON COLUMN effects.n_b IS 'identity: number of pictures of b behind the figure';
COMMENT ON COLUMN effects.cells IS 'identity: number of pairs of prompts that entered';
COMMENT ON COLUMN effects.planned_cells IS 'identity: number of pairs of prompts that the suite has';
COMMENT ON COLUMN effects.reason IS 'identity: why there is no figure; NULL if there is one';

CREATE TABLE study_effects (
    study VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    a VARCHAR NOT NULL,
    b VARCHAR NOT NULL,
    subject VARCHAR,
    attribute VARCHAR NOT NULL,
    reference VARCHAR,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    metric VARCHAR NOT NULL,
    value_name VARCHAR,
    estimate DOUBLE,
    low DOUBLE,
    high DOUBLE,
    estimate_a DOUBLE,
    estimate_b DOUBLE,
    n_a INTEGER NOT NULL,
    n_b INTEGER NOT NULL,
    cells INTEGER NOT NULL,
    planned_cells INTEGER NOT NULL,
    reason VARCHAR
);

COMMENT ON TABLE study_effects IS
'One row for each change in a model''s pictures of a study from its plain prompts to those that ask for
diversity.
Grain: study, model, kind, a, b, subject, attribute, reference, labeler, labeler_version, metric,
value_name.';
COMMENT ON COLUMN study_effects.study IS 'identity: short name of the study';
COMMENT ON COLUMN study_effects.model IS 'identity: name of the model within the study';
COMMENT ON COLUMN study_effects.kind IS
'identity: controlled (b asks for diversity) or confronted (b was told that it lacks)';
COMMENT ON COLUMN study_effects.a IS 'identity: condition of the prompts that are changed';
COMMENT ON COLUMN study_effects.b IS 'identity: condition that they are changed into';
COMMENT ON COLUMN study_effects.subject IS
'identity: subject of the pair of prompts; NULL for the mean over all subjects';
COMMENT ON COLUMN study_effects.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN study_effects.reference IS 'identity: reference that is compared with; NULL if none is';
COMMENT ON COLUMN study_effects.labeler IS 'identity: name of the labeler';
COMMENT ON COLUMN study_effects.labeler_version IS 'identity: version of the labeler';
COMMENT ON COLUMN study_effects.metric IS
'identity: share, controllability or overcorrection (methodology)';
COMMENT ON COLUMN study_effects.value_name IS
'identity: value that the figure is about; NULL if about none';
COMMENT ON COLUMN study_effects.estimate IS 'identity: the figure, b - a; NULL where reason says why';
COMMENT ON COLUMN study_effects.low IS 'identity: lower end of the 95 % interval; NULL if none';
COMMENT ON COLUMN study_effects.high IS 'identity: upper end of the 95 % interval; NULL if none';
COMMENT ON COLUMN study_effects.estimate_a IS
'identity: share, or distance2, of a, mean over the pairs that entered; NULL where estimate is';
COMMENT ON COLUMN study_effects.estimate_b IS
'identity: share, or distance2, of b, mean over the pairs that entered; NULL where estimate is';
COMMENT ON COLUMN study_effects.n_a IS 'identity: number of pictures of a behind the figure';
COMMENT ON COLUMN study_effects.n_b IS 'identity: number of pictures of b behind the figure';
COMMENT ON COLUMN study_effects.cells IS 'identity: number of pairs of prompts that entered';
COMMENT ON COLUMN study_effects.planned_cells IS 'identity: number of pairs of prompts that the study has';
COMMENT ON COLUMN study_effects.reason IS 'identity: why there is no figure; NULL if there is one';
