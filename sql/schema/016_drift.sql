-- What it makes: changes of the series over weeks, and which changes could be seen.
-- Grain: stated at each table. They are computed from the scores of all weeks.

CREATE TABLE drift_events (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    params_hash VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    turn INTEGER NOT NULL,
    prompt VARCHAR,
    attribute VARCHAR,
    scale VARCHAR,
    labeler_version VARCHAR,
    metric VARCHAR NOT NULL,
    value_name VARCHAR,
    kind VARCHAR NOT NULL,
    started_week DATE NOT NULL,
    changed_week DATE NOT NULL,
    earliest_week DATE NOT NULL,
    latest_week DATE NOT NULL,
    before_share DOUBLE NOT NULL,
    after_share DOUBLE NOT NULL,
    change DOUBLE NOT NULL,
    change_low DOUBLE NOT NULL,
    change_high DOUBLE NOT NULL,
    before_n INTEGER NOT NULL,
    after_n INTEGER NOT NULL,
    log10_e DOUBLE NOT NULL,
    cells INTEGER NOT NULL,
    changed_cells INTEGER NOT NULL,
    changed_prompts VARCHAR NOT NULL,
    suite_changed BOOLEAN NOT NULL,
    labeler_changed BOOLEAN NOT NULL,
    labeler_moved_share DOUBLE,
    model_version_changed BOOLEAN,
    completeness_changed BOOLEAN NOT NULL,
    models_at_once INTEGER NOT NULL,
    models_compared INTEGER NOT NULL,
    words VARCHAR NOT NULL
);

COMMENT ON TABLE drift_events IS
'One row for each change of a series that was opened; it stays, as it was known when it was opened.
Grain: week, model, series, params_hash, suite, suite_major, condition, turn, prompt, attribute, scale,
labeler_version, metric, value_name, started_week.';
COMMENT ON COLUMN drift_events.week IS
'identity: Monday of the week in which the event was opened; nothing later is in its figures';
COMMENT ON COLUMN drift_events.model IS 'identity: name of the model entry';
COMMENT ON COLUMN drift_events.series IS 'identity: name of the series';
COMMENT ON COLUMN drift_events.params_hash IS
'identity: first eight hexadecimal digits of the SHA-256 of the parameters';
COMMENT ON COLUMN drift_events.track IS 'identity: model or system';
COMMENT ON COLUMN drift_events.simulated IS 'identity: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN drift_events.suite IS 'identity: suite without its version';
COMMENT ON COLUMN drift_events.suite_major IS
'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN drift_events.condition IS 'identity: baseline, controlled or confronted';
COMMENT ON COLUMN drift_events.turn IS 'identity: 1, or 2 for what came after a confrontation';
COMMENT ON COLUMN drift_events.prompt IS
'identity: prompt that alarmed alone, written suite/prompt; NULL where the prompts of the suite did together';
COMMENT ON COLUMN drift_events.attribute IS 'identity: attribute; NULL for refusals';
COMMENT ON COLUMN drift_events.scale IS 'identity: values or bands; NULL for refusals';
COMMENT ON COLUMN drift_events.labeler_version IS
'identity: version of the labeler; a new one starts a new series; NULL for refusals';
COMMENT ON COLUMN drift_events.metric IS 'identity: share (of a value) or refused_rate';
COMMENT ON COLUMN drift_events.value_name IS 'identity: value whose share changed; NULL for refusals';
COMMENT ON COLUMN drift_events.kind IS
'identity: model, refusals, or what explains it better than the model: labeler_drift, all_models, suite';
COMMENT ON COLUMN drift_events.started_week IS
'identity: first week of the counts behind it: the series'' first, or that of its last change';
COMMENT ON COLUMN drift_events.changed_week IS 'identity: first week after the change, the likeliest';
COMMENT ON COLUMN drift_events.earliest_week IS 'identity: start of the 95 % range of changed_week';
COMMENT ON COLUMN drift_events.latest_week IS 'identity: end of the 95 % range of changed_week';
COMMENT ON COLUMN drift_events.before_share IS
'identity: mean share over the changed prompts, from started_week until changed_week';
COMMENT ON COLUMN drift_events.after_share IS 'identity: the same from changed_week through week';
COMMENT ON COLUMN drift_events.change IS 'identity: after_share - before_share';
COMMENT ON COLUMN drift_events.change_low IS
'identity: lower end of its 95 % interval, date and prompts taken as given';
COMMENT ON COLUMN drift_events.change_high IS 'identity: upper end of its 95 % interval';
COMMENT ON COLUMN drift_events.before_n IS 'identity: pictures (or answers) behind before_share';
COMMENT ON COLUMN drift_events.after_n IS 'identity: pictures (or answers) behind after_share';
COMMENT ON COLUMN drift_events.log10_e IS
'identity: evidence: decimal logarithm of the e-value of the alarm, to three decimals';
COMMENT ON COLUMN drift_events.cells IS 'identity: prompts of the series that were seen before and after';
COMMENT ON COLUMN drift_events.changed_cells IS
'identity: prompts that entered the shares: those that changed more likely than not, else all';
COMMENT ON COLUMN drift_events.changed_prompts IS 'identity: those prompts, separated by commas';
COMMENT ON COLUMN drift_events.suite_changed IS
'identity: cause check: the suite''s content changed around the date';
COMMENT ON COLUMN drift_events.labeler_changed IS
'identity: cause check: another labeler version read the attribute around the date';
COMMENT ON COLUMN drift_events.labeler_moved_share IS
'identity: cause check: share of frozen pictures that the labeler read otherwise than before, around
the date; NULL if it read none';
COMMENT ON COLUMN drift_events.model_version_changed IS
'identity: cause check: the version that the service reports changed around the date; NULL if it
reports none';
COMMENT ON COLUMN drift_events.completeness_changed IS
'identity: cause check: the share of slots that were answered moved by 10 points or more around the date';
COMMENT ON COLUMN drift_events.models_at_once IS
'identity: cause check: models whose events of this suite, metric and value are dated within a week
of this, itself included, opened by week';
COMMENT ON COLUMN drift_events.models_compared IS
'identity: models of which the same is looked at around the date';
COMMENT ON COLUMN drift_events.words IS 'identity: the event in one sentence';

CREATE TABLE detectable_shifts (
    week DATE NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    n INTEGER NOT NULL,
    cells INTEGER NOT NULL,
    series INTEGER NOT NULL,
    all_in_3_weeks DOUBLE,
    all_in_8_weeks DOUBLE,
    one_in_3_weeks DOUBLE,
    one_in_8_weeks DOUBLE,
    reason VARCHAR
);

COMMENT ON TABLE detectable_shifts IS
'One row for each suite and attribute of a week: which changes of a share could be found in it.
Grain: week, track, simulated, suite, suite_major, condition, attribute.';
COMMENT ON COLUMN detectable_shifts.week IS 'identity: Monday of the week';
COMMENT ON COLUMN detectable_shifts.track IS 'identity: model or system';
COMMENT ON COLUMN detectable_shifts.simulated IS
'identity: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN detectable_shifts.suite IS 'identity: suite without its version';
COMMENT ON COLUMN detectable_shifts.suite_major IS 'identity: major version of the suite';
COMMENT ON COLUMN detectable_shifts.condition IS 'identity: baseline, controlled or confronted';
COMMENT ON COLUMN detectable_shifts.attribute IS 'identity: attribute';
COMMENT ON COLUMN detectable_shifts.n IS
'identity: assessed pictures of a prompt in this week: the median over models and prompts';
COMMENT ON COLUMN detectable_shifts.cells IS 'identity: prompts of a model: the median over models';
COMMENT ON COLUMN detectable_shifts.series IS
'identity: series that are looked at together, rounded up to a power of two';
COMMENT ON COLUMN detectable_shifts.all_in_3_weeks IS
'identity: smallest change of a share, the same in all prompts, that is found within 3 weeks in 80 %;
NULL where reason says why';
COMMENT ON COLUMN detectable_shifts.all_in_8_weeks IS 'identity: the same within 8 weeks';
COMMENT ON COLUMN detectable_shifts.one_in_3_weeks IS
'identity: smallest change of a share in one prompt that is found within 3 weeks in 80 %; NULL where
reason says why';
COMMENT ON COLUMN detectable_shifts.one_in_8_weeks IS 'identity: the same within 8 weeks';
COMMENT ON COLUMN detectable_shifts.reason IS 'identity: why one of the changes is NULL';

CREATE TABLE history_state (
    inputs VARCHAR NOT NULL
);

COMMENT ON TABLE history_state IS
'One row: what the tables over all weeks were computed from.
Grain: one row.';
COMMENT ON COLUMN history_state.inputs IS 'run time: digest of scored weeks and of who is withheld';
