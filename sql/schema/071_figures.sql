-- What it makes: the tables of figures: each follows from counts, answers and draws, and from what is
-- declared.
-- Grain: stated at each table. Of week and study exactly one is set. Rows are replaced a week or study at a
-- time.

CREATE TABLE figures (
    week DATE,
    study VARCHAR,
    model VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    turn INTEGER NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    prompt VARCHAR,
    selection VARCHAR,
    attribute VARCHAR,
    labeler VARCHAR,
    labeler_version VARCHAR,
    figure VARCHAR NOT NULL,
    value VARCHAR,
    yardstick VARCHAR,
    estimate DOUBLE,
    low DOUBLE,
    high DOUBLE,
    reason VARCHAR,
    k INTEGER,
    n INTEGER NOT NULL,
    worth DOUBLE NOT NULL,
    unseen INTEGER NOT NULL,
    bound_low DOUBLE,
    bound_high DOUBLE,
    prompts INTEGER NOT NULL,
    planned_prompts INTEGER NOT NULL,
    weeks INTEGER NOT NULL,
    first_week DATE,
    se DOUBLE,
    dispersion DOUBLE,
    df DOUBLE,
    critical DOUBLE
);

COMMENT ON TABLE figures IS
'One row for each figure of a span: the last four weeks that end with a week, or a study. A model that is
withheld has one row per board, without an estimate.
Grain: week, study, model, suite, suite_major, condition, turn, prompt, selection, attribute, labeler,
labeler_version, figure, value, yardstick.';
COMMENT ON COLUMN figures.week IS 'identity: Monday of the week that the span ends with; NULL of a study';
COMMENT ON COLUMN figures.study IS 'identity: name of the study; NULL of a week';
COMMENT ON COLUMN figures.model IS 'identity: name of the model entry, or of the study''s model';
COMMENT ON COLUMN figures.suite IS 'identity: suite without its version; of a study its name';
COMMENT ON COLUMN figures.suite_major IS 'identity: major version of the suite; 1 of a study';
COMMENT ON COLUMN figures.condition IS 'identity: condition of the prompts';
COMMENT ON COLUMN figures.turn IS 'identity: 1, or 2 for what came after a confrontation';
COMMENT ON COLUMN figures.track IS 'identity: model or system, never ranked together; study of a study';
COMMENT ON COLUMN figures.simulated IS 'identity: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN figures.prompt IS 'identity: prompt; NULL: of the suite';
COMMENT ON COLUMN figures.selection IS 'identity: declared selection of prompts; NULL: all';
COMMENT ON COLUMN figures.attribute IS
'identity: attribute, or all:<id> of a combination; NULL of refused and stereotypes';
COMMENT ON COLUMN figures.labeler IS 'identity: who read the pictures; NULL of refused';
COMMENT ON COLUMN figures.labeler_version IS 'identity: version of the labeler; NULL of refused';
COMMENT ON COLUMN figures.figure IS
'identity: share, mean_share, refused, gap, stereotypes, stereotypes_others or corrected_share';
COMMENT ON COLUMN figures.value IS
'identity: value, or band where there are bands; NULL of refused, gap and stereotypes';
COMMENT ON COLUMN figures.yardstick IS
'identity: reference that is compared with, or stereotypes; NULL of shares';
COMMENT ON COLUMN figures.estimate IS
'identity: the figure: a share (0 to 1), of gap the root of the mean square (0 to 1); NULL where reason
says why';
COMMENT ON COLUMN figures.low IS
'identity: lower end of the 95 % interval; NULL without an estimate, and for few_weeks';
COMMENT ON COLUMN figures.high IS
'identity: upper end of the 95 % interval; NULL without an estimate, and for few_weeks';
COMMENT ON COLUMN figures.reason IS
'identity: why there is no estimate, or no interval (few_weeks); NULL if there are both';
COMMENT ON COLUMN figures.k IS
'identity: pictures that show the value, of n; refused answers of refused; NULL of gap';
COMMENT ON COLUMN figures.n IS 'identity: pictures read as a value that counts; answers of refused';
COMMENT ON COLUMN figures.worth IS
'identity: how many pictures count as one in the interval of a single prompt; else 1';
COMMENT ON COLUMN figures.unseen IS
'identity: answers that may have shown it: refused, cannot_tell, invalid, not assessed';
COMMENT ON COLUMN figures.bound_low IS
'identity: least share whatever the unseen answers would have shown; NULL where 5 % or less are unseen';
COMMENT ON COLUMN figures.bound_high IS
'identity: largest share whatever the unseen answers would have shown; NULL likewise';
COMMENT ON COLUMN figures.prompts IS 'identity: prompts with enough pictures; of stereotypes declared cells';
COMMENT ON COLUMN figures.planned_prompts IS 'identity: prompts that the figure would be of';
COMMENT ON COLUMN figures.weeks IS 'identity: weeks of the span with pictures; 0 of a study';
COMMENT ON COLUMN figures.first_week IS 'identity: first of these weeks; NULL of a study';
COMMENT ON COLUMN figures.se IS 'identity: standard error of the estimate; NULL where there is no interval';
COMMENT ON COLUMN figures.dispersion IS
'identity: how much more weeks differ than pictures explain (1 of a study)';
COMMENT ON COLUMN figures.df IS 'identity: degrees of freedom behind the dispersion; infinity of a study';
COMMENT ON COLUMN figures.critical IS 'identity: quantile that the interval, or the comparison, uses';

CREATE TABLE boards (
    week DATE,
    study VARCHAR,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    turn INTEGER NOT NULL,
    selection VARCHAR,
    attribute VARCHAR,
    yardstick VARCHAR NOT NULL,
    labeler VARCHAR,
    labeler_version VARCHAR,
    lead BOOLEAN NOT NULL,
    models INTEGER NOT NULL,
    critical DOUBLE,
    df DOUBLE,
    resolution DOUBLE,
    would_find DOUBLE,
    reason VARCHAR
);

COMMENT ON TABLE boards IS
'One row for each board: models compared by one figure of one suite or study.
Grain: week, study, track, simulated, suite, suite_major, condition, turn, selection, attribute,
yardstick, labeler.';
COMMENT ON COLUMN boards.week IS 'identity: Monday of the week that the span ends with; NULL of a study';
COMMENT ON COLUMN boards.study IS 'identity: name of the study; NULL of a week';
COMMENT ON COLUMN boards.track IS 'identity: model or system, never ranked together; study of a study';
COMMENT ON COLUMN boards.simulated IS 'identity: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN boards.suite IS 'identity: suite without its version; of a study its name';
COMMENT ON COLUMN boards.suite_major IS 'identity: major version of the suite; 1 of a study';
COMMENT ON COLUMN boards.condition IS 'identity: condition of the prompts';
COMMENT ON COLUMN boards.turn IS 'identity: 1, or 2 for what came after a confrontation';
COMMENT ON COLUMN boards.selection IS 'identity: declared selection of prompts; NULL: all';
COMMENT ON COLUMN boards.attribute IS 'identity: attribute that is compared; NULL of stereotypes';
COMMENT ON COLUMN boards.yardstick IS 'identity: reference that models are compared with, or stereotypes';
COMMENT ON COLUMN boards.labeler IS 'identity: who read the pictures of the ranked models';
COMMENT ON COLUMN boards.labeler_version IS 'identity: version of that labeler';
COMMENT ON COLUMN boards.lead IS 'identity: true of the board that orders the leaderboard';
COMMENT ON COLUMN boards.models IS 'identity: ranked models';
COMMENT ON COLUMN boards.critical IS
'identity: critical value of all pairs (studentized range over root 2); NULL where reason says why';
COMMENT ON COLUMN boards.df IS 'identity: degrees of freedom of the critical value';
COMMENT ON COLUMN boards.resolution IS
'identity: difference of two figures that the board tells apart in four of five cases; NULL before eight
weeks';
COMMENT ON COLUMN boards.would_find IS
'identity: change of a share that would be found within eight weeks in four of five cases; NULL where none
would';
COMMENT ON COLUMN boards.reason IS 'identity: why nobody is ranked; NULL if models are';

CREATE TABLE board_ranks (
    week DATE,
    study VARCHAR,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    turn INTEGER NOT NULL,
    selection VARCHAR,
    attribute VARCHAR,
    yardstick VARCHAR NOT NULL,
    labeler VARCHAR,
    labeler_version VARCHAR,
    model VARCHAR NOT NULL,
    rank_low INTEGER,
    rank_high INTEGER,
    holds BOOLEAN,
    reason VARCHAR
);

COMMENT ON TABLE board_ranks IS
'One row for each model of a board: its rank, as a range, or why it has none.
Grain: week, study, track, simulated, suite, suite_major, condition, turn, selection, attribute,
yardstick, labeler, model.';
COMMENT ON COLUMN board_ranks.week IS 'identity: Monday of the week that the span ends with; NULL of a study';
COMMENT ON COLUMN board_ranks.study IS 'identity: name of the study; NULL of a week';
COMMENT ON COLUMN board_ranks.track IS 'identity: model or system, never ranked together; study of a study';
COMMENT ON COLUMN board_ranks.simulated IS 'identity: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN board_ranks.suite IS 'identity: suite without its version; of a study its name';
COMMENT ON COLUMN board_ranks.suite_major IS 'identity: major version of the suite; 1 of a study';
COMMENT ON COLUMN board_ranks.condition IS 'identity: condition of the prompts';
COMMENT ON COLUMN board_ranks.turn IS 'identity: 1, or 2 for what came after a confrontation';
COMMENT ON COLUMN board_ranks.selection IS 'identity: declared selection of prompts; NULL: all';
COMMENT ON COLUMN board_ranks.attribute IS 'identity: attribute that is compared; NULL of stereotypes';
COMMENT ON COLUMN board_ranks.yardstick IS
'identity: reference that models are compared with, or stereotypes';
COMMENT ON COLUMN board_ranks.labeler IS 'identity: who read the pictures of the ranked models';
COMMENT ON COLUMN board_ranks.labeler_version IS 'identity: version of that labeler';
COMMENT ON COLUMN board_ranks.model IS 'identity: name of the model entry, or of the study''s model';
COMMENT ON COLUMN board_ranks.rank_low IS
'identity: 1 + how many models are told to be closer; NULL where reason says why';
COMMENT ON COLUMN board_ranks.rank_high IS
'identity: models of the board less those told to be farther; NULL likewise';
COMMENT ON COLUMN board_ranks.holds IS
'identity: true if all that is told of the model holds whatever the unseen answers would have shown';
COMMENT ON COLUMN board_ranks.reason IS 'identity: why the model has no rank; NULL if it has one';

CREATE TABLE board_pairs (
    week DATE,
    study VARCHAR,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    turn INTEGER NOT NULL,
    selection VARCHAR,
    attribute VARCHAR,
    yardstick VARCHAR NOT NULL,
    labeler VARCHAR,
    labeler_version VARCHAR,
    model_a VARCHAR NOT NULL,
    model_b VARCHAR NOT NULL,
    prompts INTEGER NOT NULL,
    difference DOUBLE,
    se DOUBLE,
    dispersion DOUBLE,
    told_apart BOOLEAN NOT NULL,
    holds BOOLEAN NOT NULL
);

COMMENT ON TABLE board_pairs IS
'One row for each pair of ranked models of a board, the one with the smaller figure first.
Grain: week, study, track, simulated, suite, suite_major, condition, turn, selection, attribute,
yardstick, labeler, model_a, model_b.';
COMMENT ON COLUMN board_pairs.week IS 'identity: Monday of the week that the span ends with; NULL of a study';
COMMENT ON COLUMN board_pairs.study IS 'identity: name of the study; NULL of a week';
COMMENT ON COLUMN board_pairs.track IS 'identity: model or system, never ranked together; study of a study';
COMMENT ON COLUMN board_pairs.simulated IS 'identity: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN board_pairs.suite IS 'identity: suite without its version; of a study its name';
COMMENT ON COLUMN board_pairs.suite_major IS 'identity: major version of the suite; 1 of a study';
COMMENT ON COLUMN board_pairs.condition IS 'identity: condition of the prompts';
COMMENT ON COLUMN board_pairs.turn IS 'identity: 1, or 2 for what came after a confrontation';
COMMENT ON COLUMN board_pairs.selection IS 'identity: declared selection of prompts; NULL: all';
COMMENT ON COLUMN board_pairs.attribute IS 'identity: attribute that is compared; NULL of stereotypes';
COMMENT ON COLUMN board_pairs.yardstick IS
'identity: reference that models are compared with, or stereotypes';
COMMENT ON COLUMN board_pairs.labeler IS 'identity: who read the pictures of the ranked models';
COMMENT ON COLUMN board_pairs.labeler_version IS 'identity: version of that labeler';
COMMENT ON COLUMN board_pairs.model_a IS 'identity: model with the smaller figure';
COMMENT ON COLUMN board_pairs.model_b IS 'identity: model with the larger figure';
COMMENT ON COLUMN board_pairs.prompts IS 'identity: prompts, or declared cells, that both have';
COMMENT ON COLUMN board_pairs.difference IS
'identity: b less a, of the mean on these: of gap of the mean square; NULL without any';
COMMENT ON COLUMN board_pairs.se IS 'identity: standard error of the difference';
COMMENT ON COLUMN board_pairs.dispersion IS 'identity: how much more weeks differ than pictures explain';
COMMENT ON COLUMN board_pairs.told_apart IS 'identity: true if the difference is beyond critical times se';
COMMENT ON COLUMN board_pairs.holds IS 'identity: true if so whatever the unseen answers would have shown';

CREATE TABLE words (
    week DATE,
    study VARCHAR,
    model VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    comparison VARCHAR NOT NULL,
    kind VARCHAR NOT NULL,
    a VARCHAR NOT NULL,
    b VARCHAR NOT NULL,
    subject VARCHAR,
    prompt_a VARCHAR,
    turn_a INTEGER NOT NULL,
    prompt_b VARCHAR,
    turn_b INTEGER NOT NULL,
    attribute VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    k_a INTEGER NOT NULL,
    n_a INTEGER NOT NULL,
    k_b INTEGER NOT NULL,
    n_b INTEGER NOT NULL,
    pairs INTEGER NOT NULL,
    estimate DOUBLE,
    low DOUBLE,
    high DOUBLE,
    se DOUBLE,
    dispersion DOUBLE,
    df DOUBLE,
    critical DOUBLE,
    holm_critical DOUBLE,
    clear BOOLEAN,
    reason VARCHAR
);

COMMENT ON TABLE words IS
'One row for each pair of prompts that differ in a word, a language or a condition, and for the mean over
the pairs of a comparison: what it changes.
Grain: week, study, model, suite, suite_major, kind, comparison, subject, attribute, labeler, labeler_version,
value.';
COMMENT ON COLUMN words.week IS 'identity: Monday of the week that the span ends with; NULL of a study';
COMMENT ON COLUMN words.study IS 'identity: name of the study; NULL of a week';
COMMENT ON COLUMN words.model IS 'identity: name of the model entry, or of the study''s model';
COMMENT ON COLUMN words.track IS 'identity: model or system, never ranked together; study of a study';
COMMENT ON COLUMN words.simulated IS 'identity: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN words.suite IS 'identity: suite without its version; of a study its name';
COMMENT ON COLUMN words.suite_major IS 'identity: major version of the suite; 1 of a study';
COMMENT ON COLUMN words.comparison IS 'identity: the two sides, written a → b';
COMMENT ON COLUMN words.kind IS 'identity: wording, language, controlled or confronted';
COMMENT ON COLUMN words.a IS 'identity: name of the first side';
COMMENT ON COLUMN words.b IS 'identity: name of the second side';
COMMENT ON COLUMN words.subject IS 'identity: subject of both prompts; NULL: mean over all pairs';
COMMENT ON COLUMN words.prompt_a IS 'identity: prompt of the first side; NULL of the mean';
COMMENT ON COLUMN words.turn_a IS 'identity: turn of the first side';
COMMENT ON COLUMN words.prompt_b IS 'identity: prompt of the second side; NULL of the mean';
COMMENT ON COLUMN words.turn_b IS 'identity: turn of the second side';
COMMENT ON COLUMN words.attribute IS 'identity: attribute';
COMMENT ON COLUMN words.labeler IS 'identity: who read the pictures';
COMMENT ON COLUMN words.labeler_version IS 'identity: version of the labeler; empty where it read nothing';
COMMENT ON COLUMN words.value IS 'identity: value, or band where there are bands';
COMMENT ON COLUMN words.k_a IS 'identity: pictures of the first side that show the value';
COMMENT ON COLUMN words.n_a IS 'identity: pictures of the first side read as a value that counts';
COMMENT ON COLUMN words.k_b IS 'identity: pictures of the second side that show the value';
COMMENT ON COLUMN words.n_b IS 'identity: pictures of the second side read as a value that counts';
COMMENT ON COLUMN words.pairs IS 'identity: pairs with pictures on both sides; 1 of a pair';
COMMENT ON COLUMN words.estimate IS 'identity: change of the share, b less a; NULL where reason says why';
COMMENT ON COLUMN words.low IS 'identity: lower end of the 95 % interval';
COMMENT ON COLUMN words.high IS 'identity: upper end of the 95 % interval';
COMMENT ON COLUMN words.se IS 'identity: standard error of the estimate; NULL where there is no interval';
COMMENT ON COLUMN words.dispersion IS
'identity: how much more weeks differ than pictures explain (1 of a study)';
COMMENT ON COLUMN words.df IS 'identity: degrees of freedom behind the dispersion; infinity of a study';
COMMENT ON COLUMN words.critical IS 'identity: quantile that the interval, or the comparison, uses';
COMMENT ON COLUMN words.holm_critical IS
'identity: critical value of this row among the pairs listed with it (Holm); NULL where it was not reached';
COMMENT ON COLUMN words.clear IS
'identity: true if the middle of the interval is farther from 0 than holm_critical times se; NULL without an
interval';
COMMENT ON COLUMN words.reason IS
'identity: why there is no estimate, or no interval (few_weeks); NULL if there are both';

CREATE TABLE changes (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    turn INTEGER NOT NULL,
    prompt VARCHAR,
    attribute VARCHAR,
    labeler VARCHAR,
    labeler_version VARCHAR,
    value VARCHAR NOT NULL,
    changed_week DATE NOT NULL,
    earliest_week DATE NOT NULL,
    latest_week DATE NOT NULL,
    before_k INTEGER NOT NULL,
    before_n INTEGER NOT NULL,
    after_k INTEGER NOT NULL,
    after_n INTEGER NOT NULL,
    size DOUBLE NOT NULL,
    low DOUBLE NOT NULL,
    high DOUBLE NOT NULL,
    se DOUBLE NOT NULL,
    dispersion DOUBLE NOT NULL,
    df DOUBLE NOT NULL,
    critical DOUBLE NOT NULL,
    series INTEGER NOT NULL,
    common BOOLEAN NOT NULL,
    causes VARCHAR[] NOT NULL
);

COMMENT ON TABLE changes IS
'One row for each reported change of a series: the share of a value in a suite or a prompt, or of refusals.
Grain: week, model, suite, suite_major, condition, turn, prompt, attribute, labeler_version, value.';
COMMENT ON COLUMN changes.week IS 'identity: Monday of the week whose answers brought it to light';
COMMENT ON COLUMN changes.model IS 'identity: name of the model entry, or of the study''s model';
COMMENT ON COLUMN changes.track IS 'identity: model or system, never ranked together; study of a study';
COMMENT ON COLUMN changes.simulated IS 'identity: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN changes.suite IS 'identity: suite without its version; of a study its name';
COMMENT ON COLUMN changes.suite_major IS 'identity: major version of the suite; 1 of a study';
COMMENT ON COLUMN changes.condition IS 'identity: condition of the prompts';
COMMENT ON COLUMN changes.turn IS 'identity: 1, or 2 for what came after a confrontation';
COMMENT ON COLUMN changes.prompt IS 'identity: prompt; NULL: of the suite';
COMMENT ON COLUMN changes.attribute IS 'identity: attribute, or all:<id>; NULL of refusals';
COMMENT ON COLUMN changes.labeler IS 'identity: who read the pictures; NULL of refusals';
COMMENT ON COLUMN changes.labeler_version IS 'identity: version of the labeler; NULL of refusals';
COMMENT ON COLUMN changes.value IS 'identity: value or band; refused of refusals';
COMMENT ON COLUMN changes.changed_week IS 'identity: most likely first week of the new level';
COMMENT ON COLUMN changes.earliest_week IS 'identity: first of the weeks that it may be (95 %)';
COMMENT ON COLUMN changes.latest_week IS 'identity: last of the weeks that it may be (95 %)';
COMMENT ON COLUMN changes.before_k IS 'identity: pictures before it that show the value';
COMMENT ON COLUMN changes.before_n IS 'identity: pictures before it';
COMMENT ON COLUMN changes.after_k IS 'identity: pictures after it that show the value';
COMMENT ON COLUMN changes.after_n IS 'identity: pictures after it';
COMMENT ON COLUMN changes.size IS 'identity: difference of the mean weekly shares, after less before';
COMMENT ON COLUMN changes.low IS
'identity: lower end of the 95 % interval of size, not corrected for having been found';
COMMENT ON COLUMN changes.high IS 'identity: upper end of it';
COMMENT ON COLUMN changes.se IS 'identity: standard error of size';
COMMENT ON COLUMN changes.dispersion IS 'identity: how much more weeks differ than pictures explain';
COMMENT ON COLUMN changes.df IS 'identity: degrees of freedom';
COMMENT ON COLUMN changes.critical IS 'identity: what size / se had to pass to be reported';
COMMENT ON COLUMN changes.series IS 'identity: series that were looked at in that week';
COMMENT ON COLUMN changes.common IS
'identity: true if two and half of the other models or more moved alike: suspect the labeler or the method';
COMMENT ON COLUMN changes.causes IS
'identity: what else changed around the date: labeler_drift, labeler, suite, model_version, completeness,
all_models';

CREATE TABLE claim_shares (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    claim VARCHAR NOT NULL,
    part VARCHAR NOT NULL,
    threshold DOUBLE,
    suite_majors INTEGER[] NOT NULL,
    k INTEGER NOT NULL,
    n INTEGER NOT NULL,
    worth DOUBLE NOT NULL,
    unseen INTEGER NOT NULL,
    share DOUBLE,
    low DOUBLE,
    high DOUBLE,
    bound_low DOUBLE,
    bound_high DOUBLE,
    control_k INTEGER,
    control_n INTEGER,
    beside_k INTEGER,
    verdict VARCHAR NOT NULL,
    reason VARCHAR
);

COMMENT ON TABLE claim_shares IS
'One row for each part of each claim of 2023 and each model of a week: the share now, and whether it is as
in 2023.
Grain: week, model, claim, part.';
COMMENT ON COLUMN claim_shares.week IS 'identity: Monday of the week that the span ends with';
COMMENT ON COLUMN claim_shares.model IS 'identity: name of the model entry, or of the study''s model';
COMMENT ON COLUMN claim_shares.track IS 'identity: model or system, never ranked together; study of a study';
COMMENT ON COLUMN claim_shares.simulated IS 'identity: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN claim_shares.claim IS 'identity: id of the claim';
COMMENT ON COLUMN claim_shares.part IS 'identity: part of its pictures';
COMMENT ON COLUMN claim_shares.threshold IS
'identity: share that its words stand for; NULL: no verdict is given';
COMMENT ON COLUMN claim_shares.suite_majors IS
'identity: major versions of the suite whose pictures are counted';
COMMENT ON COLUMN claim_shares.k IS 'identity: pictures that show it';
COMMENT ON COLUMN claim_shares.n IS 'identity: pictures in which it could be decided';
COMMENT ON COLUMN claim_shares.worth IS 'identity: how many pictures count as one';
COMMENT ON COLUMN claim_shares.unseen IS 'identity: answers that may have shown it';
COMMENT ON COLUMN claim_shares.share IS 'identity: k / n; NULL where reason says why';
COMMENT ON COLUMN claim_shares.low IS 'identity: lower end of the 95 % interval';
COMMENT ON COLUMN claim_shares.high IS 'identity: upper end of the 95 % interval';
COMMENT ON COLUMN claim_shares.bound_low IS
'identity: least share whatever the unseen answers would have shown; NULL where 5 % or less are unseen';
COMMENT ON COLUMN claim_shares.bound_high IS 'identity: largest share likewise';
COMMENT ON COLUMN claim_shares.control_k IS
'identity: pictures of the control that show it; NULL without a control';
COMMENT ON COLUMN claim_shares.control_n IS 'identity: pictures of the control in which it could be decided';
COMMENT ON COLUMN claim_shares.beside_k IS
'identity: pictures that show what is counted beside it; NULL where nothing is';
COMMENT ON COLUMN claim_shares.verdict IS
'identity: as in 2023? yes, no, cannot_tell or not_asked, by the interval alone; empty without a threshold';
COMMENT ON COLUMN claim_shares.reason IS 'identity: why there is no share; NULL if there is one';

CREATE TABLE labeler_error (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    attribute VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    n INTEGER NOT NULL,
    gold_n INTEGER NOT NULL,
    estimate DOUBLE,
    low DOUBLE,
    high DOUBLE,
    differ DOUBLE,
    reason VARCHAR
);

COMMENT ON TABLE labeler_error IS
'One row for each value that gold was asked about: how often the labeler says otherwise than people.
Grain: week, model, suite, suite_major, attribute, labeler, labeler_version, value.';
COMMENT ON COLUMN labeler_error.week IS 'identity: Monday of the week that the span ends with';
COMMENT ON COLUMN labeler_error.model IS 'identity: name of the model entry, or of the study''s model';
COMMENT ON COLUMN labeler_error.suite IS 'identity: suite without its version';
COMMENT ON COLUMN labeler_error.suite_major IS 'identity: major version of the suite';
COMMENT ON COLUMN labeler_error.attribute IS 'identity: attribute';
COMMENT ON COLUMN labeler_error.labeler IS 'identity: who read the pictures';
COMMENT ON COLUMN labeler_error.labeler_version IS
'identity: version of the labeler; empty where it read nothing';
COMMENT ON COLUMN labeler_error.value IS 'identity: value, or band where there are bands';
COMMENT ON COLUMN labeler_error.n IS 'identity: pictures read in the span';
COMMENT ON COLUMN labeler_error.gold_n IS 'identity: of these, with gold';
COMMENT ON COLUMN labeler_error.estimate IS
'identity: mean of the labeler''s label less people''s, weighted; NULL where reason says why';
COMMENT ON COLUMN labeler_error.low IS 'identity: lower end of the 95 % interval';
COMMENT ON COLUMN labeler_error.high IS 'identity: upper end of the 95 % interval';
COMMENT ON COLUMN labeler_error.differ IS
'identity: part of the gold pictures on which the two raters differ';
COMMENT ON COLUMN labeler_error.reason IS
'identity: why there is no estimate: no_gold, few_gold, raters_differ; NULL if there is one';
