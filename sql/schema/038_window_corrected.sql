-- What it makes: figures of windows put right with gold, beside the raw ones of the same pictures.
-- Grain: stated at the table. Publishing replaces a week as a whole.

CREATE TABLE window_corrected_scores (
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
    window_weeks INTEGER NOT NULL,
    weeks INTEGER NOT NULL,
    first_week DATE NOT NULL,
    estimate DOUBLE,
    low DOUBLE,
    high DOUBLE,
    scatter DOUBLE,
    scatter_freedom DOUBLE,
    raw_estimate DOUBLE,
    gold_n INTEGER NOT NULL,
    gold_weeks INTEGER NOT NULL,
    reason VARCHAR,
    assumption VARCHAR
);

COMMENT ON TABLE window_corrected_scores IS
'One row for each share and distance of a whole suite in window_scores: what it is when the labeler''s
errors are
taken out of the same pictures; corrected_scores has those of single weeks.
Errors are estimated from gold: what people say of a random sample of the model''s pictures of the suite.
Grain: week, model, suite, suite_major, condition, turn, attribute, reference, scale, metric, value_name.';
COMMENT ON COLUMN window_corrected_scores.week IS 'identity: Monday of the last week of the window';
COMMENT ON COLUMN window_corrected_scores.model IS 'identity: name of the model entry';
COMMENT ON COLUMN window_corrected_scores.series IS 'identity: name of the series';
COMMENT ON COLUMN window_corrected_scores.params_hash IS
'identity: first eight hexadecimal digits of the SHA-256 of the parameters';
COMMENT ON COLUMN window_corrected_scores.track IS 'identity: model or system';
COMMENT ON COLUMN window_corrected_scores.suite IS 'identity: suite without its version';
COMMENT ON COLUMN window_corrected_scores.suite_major IS
'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN window_corrected_scores.condition IS 'identity: baseline, controlled or confronted';
COMMENT ON COLUMN window_corrected_scores.turn IS 'identity: 1, or 2 for what came after a confrontation';
COMMENT ON COLUMN window_corrected_scores.attribute IS 'identity: attribute';
COMMENT ON COLUMN window_corrected_scores.reference IS
'identity: reference that is compared with; NULL for a share';
COMMENT ON COLUMN window_corrected_scores.scale IS 'identity: values or bands';
COMMENT ON COLUMN window_corrected_scores.labeler_version IS 'identity: version of the labeler';
COMMENT ON COLUMN window_corrected_scores.metric IS 'identity: share, distance2 or distance (methodology)';
COMMENT ON COLUMN window_corrected_scores.value_name IS 'identity: value of a share; NULL for a distance';
COMMENT ON COLUMN window_corrected_scores.window_weeks IS
'identity: calendar weeks whose pictures are pooled';
COMMENT ON COLUMN window_corrected_scores.weeks IS
'identity: of them, those with assessed pictures, since the window began anew';
COMMENT ON COLUMN window_corrected_scores.first_week IS 'identity: Monday of the first week of the window';
COMMENT ON COLUMN window_corrected_scores.estimate IS
'identity: the corrected figure; NULL where reason says why';
COMMENT ON COLUMN window_corrected_scores.low IS 'identity: lower end of its 95 % interval; NULL if none';
COMMENT ON COLUMN window_corrected_scores.high IS 'identity: upper end of its 95 % interval; NULL if none';
COMMENT ON COLUMN window_corrected_scores.scatter IS
'identity: standard deviation of the corrected figure of a week beyond sampling; of distance that of
distance2';
COMMENT ON COLUMN window_corrected_scores.scatter_freedom IS
'identity: degrees of freedom of the quantile behind low and high; NULL: the normal one';
COMMENT ON COLUMN window_corrected_scores.raw_estimate IS
'identity: the same figure as the labeler read it, from window_scores; NULL if there is
none';
COMMENT ON COLUMN window_corrected_scores.gold_n IS
'identity: number of pictures of the model and suite that people rated and that are used; 0 without gold';
COMMENT ON COLUMN window_corrected_scores.gold_weeks IS
'identity: number of weeks that they are of, of the eight that end with the week';
COMMENT ON COLUMN window_corrected_scores.reason IS 'identity: why nothing is corrected; NULL if it is';
COMMENT ON COLUMN window_corrected_scores.assumption IS
'identity: what the corrected figure takes for granted, in words; NULL if nothing, or if there is none';
