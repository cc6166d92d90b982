-- What it makes: figures put right with gold, and how often labels are wrong.
-- Grain: stated at each table. Publishing replaces a week as a whole.

CREATE TABLE corrected_scores (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    params_hash VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    turn INTEGER NOT NULL,
    attribute VARCHAR NOT NULL,
    reference VARCHAR,
    scale VARCHAR,
    labeler_version VARCHAR,
    metric VARCHAR NOT NULL,
    value_name VARCHAR,
    estimate DOUBLE,
    low DOUBLE,
    high DOUBLE,
    raw_estimate DOUBLE,
    gold_n INTEGER NOT NULL,
    gold_weeks INTEGER NOT NULL,
    reason VARCHAR,
    assumption VARCHAR
);

COMMENT ON TABLE corrected_scores IS
'One row for each share and distance of a whole suite: what it is when the labeler''s errors are taken out.
Errors are estimated from gold: what people say of a random sample of the model''s pictures of the suite.
Grain: week, model, suite, suite_major, condition, turn, attribute, reference, scale, metric, value_name.';
COMMENT ON COLUMN corrected_scores.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN corrected_scores.model IS 'identity: name of the model entry';
COMMENT ON COLUMN corrected_scores.series IS 'identity: name of the series';
COMMENT ON COLUMN corrected_scores.params_hash IS
'identity: first eight hexadecimal digits of the SHA-256 of the parameters';
COMMENT ON COLUMN corrected_scores.track IS 'identity: model or system';
COMMENT ON COLUMN corrected_scores.suite IS 'identity: suite without its version';
COMMENT ON COLUMN corrected_scores.suite_major IS
'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN corrected_scores.condition IS 'identity: baseline, controlled or confronted';
COMMENT ON COLUMN corrected_scores.turn IS 'identity: 1, or 2 for what came after a confrontation';
COMMENT ON COLUMN corrected_scores.attribute IS 'identity: attribute';
COMMENT ON COLUMN corrected_scores.reference IS
'identity: reference that is compared with; NULL for a share';
COMMENT ON COLUMN corrected_scores.scale IS 'identity: values or bands';
COMMENT ON COLUMN corrected_scores.labeler_version IS 'identity: version of the labeler';
COMMENT ON COLUMN corrected_scores.metric IS 'identity: share, distance2 or distance (methodology)';
COMMENT ON COLUMN corrected_scores.value_name IS 'identity: value of a share; NULL for a distance';
COMMENT ON COLUMN corrected_scores.estimate IS 'identity: the corrected figure; NULL where reason says why';
COMMENT ON COLUMN corrected_scores.low IS 'identity: lower end of its 95 % interval; NULL if none';
COMMENT ON COLUMN corrected_scores.high IS 'identity: upper end of its 95 % interval; NULL if none';
COMMENT ON COLUMN corrected_scores.raw_estimate IS
'identity: the same figure as the labeler read it, from scores; NULL if there is none';
COMMENT ON COLUMN corrected_scores.gold_n IS
'identity: number of pictures of the model and suite that people rated and that are used; 0 without gold';
COMMENT ON COLUMN corrected_scores.gold_weeks IS
'identity: number of weeks that they are of, of the eight that end with the week';
COMMENT ON COLUMN corrected_scores.reason IS 'identity: why nothing is corrected; NULL if it is';
COMMENT ON COLUMN corrected_scores.assumption IS
'identity: what the corrected figure takes for granted, in words; NULL if nothing, or if there is none';

CREATE TABLE label_error (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    attribute VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    gold_n INTEGER NOT NULL,
    gold_weeks INTEGER NOT NULL,
    n INTEGER NOT NULL,
    error_rate DOUBLE,
    low DOUBLE,
    high DOUBLE,
    reason VARCHAR,
    value_name VARCHAR,
    sensitivity DOUBLE,
    others_sensitivity DOUBLE,
    p_value DOUBLE,
    differs BOOLEAN,
    test_reason VARCHAR
);

COMMENT ON TABLE label_error IS
'One row for each model, suite and attribute that gold of the eight weeks through the week tells of: how often
its labels are wrong, and whether they are wrong in another way than those of the other models.
Grain: week, model, suite, suite_major, attribute.';
COMMENT ON COLUMN label_error.week IS 'identity: Monday of the week whose labeler version is judged';
COMMENT ON COLUMN label_error.model IS 'identity: name of the model entry';
COMMENT ON COLUMN label_error.track IS 'identity: model or system; the two are not compared';
COMMENT ON COLUMN label_error.simulated IS
'identity: true if the pictures are drawn by a simulated model; not compared with real ones';
COMMENT ON COLUMN label_error.suite IS 'identity: suite without its version';
COMMENT ON COLUMN label_error.suite_major IS
'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN label_error.attribute IS 'identity: attribute';
COMMENT ON COLUMN label_error.scale IS 'identity: values or bands';
COMMENT ON COLUMN label_error.labeler IS 'identity: labeler that the plan names';
COMMENT ON COLUMN label_error.labeler_version IS 'identity: its version that is scored in the week';
COMMENT ON COLUMN label_error.gold_n IS 'identity: number of pictures that people rated and that are used';
COMMENT ON COLUMN label_error.gold_weeks IS 'identity: number of weeks that they are of';
COMMENT ON COLUMN label_error.n IS
'identity: number of them that both people and the labeler assessed (an answer by two counts half each)';
COMMENT ON COLUMN label_error.error_rate IS
'identity: share of pictures read as another value than people see, among those that both can assess';
COMMENT ON COLUMN label_error.low IS 'identity: lower end of its 95 % interval; NULL if none';
COMMENT ON COLUMN label_error.high IS 'identity: upper end of its 95 % interval; NULL if none';
COMMENT ON COLUMN label_error.reason IS 'identity: why there is no error rate; NULL if there is one';
COMMENT ON COLUMN label_error.value_name IS
'identity: value that is read most surely otherwise than in the other models'' pictures; NULL if not tested';
COMMENT ON COLUMN label_error.sensitivity IS
'identity: how often it is read where people see it, in this model''s pictures; NULL if not tested';
COMMENT ON COLUMN label_error.others_sensitivity IS
'identity: the same in the pictures of the other models; NULL if not tested';
COMMENT ON COLUMN label_error.p_value IS
'identity: of equal sensitivities, adjusted after Holm for models and values; NULL if not tested';
COMMENT ON COLUMN label_error.differs IS 'identity: p_value below 0.05; NULL if not tested';
COMMENT ON COLUMN label_error.test_reason IS 'identity: why it was not tested; NULL if it was';
