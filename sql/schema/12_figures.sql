-- What it makes: the tables of figures: each follows from counts, answers and draws, and from what is
-- declared.
-- Grain: stated at each table. Of week and study exactly one is set. Rows are replaced a week or study at a
-- time.

-- One row for each figure of a span: the last four weeks that end with a week, or a study. A model that is
-- withheld has one row per board, without an estimate.
-- Grain: week, study, model, suite, suite_major, condition, turn, prompt, selection, attribute, labeler,
-- labeler_version, figure, value, yardstick.
CREATE TABLE figures (
    week DATE,  -- identity: Monday of the week that the span ends with; NULL of a study
    study VARCHAR,  -- identity: name of the study; NULL of a week
    model VARCHAR NOT NULL,  -- identity: name of the model entry, or of the study's model
    suite VARCHAR NOT NULL,  -- identity: suite without its version; of a study its name
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; 1 of a study
    condition VARCHAR NOT NULL,  -- identity: condition of the prompts
    turn INTEGER NOT NULL,  -- identity: 1, or 2 for what came after a confrontation
    track VARCHAR NOT NULL,  -- identity: model or system, never ranked together; study of a study
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model
    prompt VARCHAR,  -- identity: prompt; NULL: of the suite
    selection VARCHAR,  -- identity: declared selection of prompts; NULL: all
    attribute VARCHAR,  -- identity: attribute, or all:<id> of a combination; NULL of refused and
    -- stereotypes
    labeler VARCHAR,  -- identity: who read the pictures; NULL of refused
    labeler_version VARCHAR,  -- identity: version of the labeler; NULL of refused
    figure VARCHAR NOT NULL,  -- identity: share, mean_share, refused, gap, stereotypes,
    -- stereotypes_others or corrected_share
    value VARCHAR,  -- identity: value, or band where there are bands; NULL of refused, gap and
    -- stereotypes
    yardstick VARCHAR,  -- identity: reference that is compared with, or stereotypes; NULL of shares
    estimate DOUBLE,  -- identity: the figure: a share (0 to 1), of gap the root of the mean square (0 to
    -- 1); NULL where reason says why
    low DOUBLE,  -- identity: lower end of the 95 % interval; NULL without an estimate, and for few_weeks
    high DOUBLE,  -- identity: upper end of the 95 % interval; NULL without an estimate, and for few_weeks
    reason VARCHAR,  -- identity: why there is no estimate, or no interval (few_weeks); NULL if there are
    -- both
    k INTEGER,  -- identity: pictures that show the value, of n; refused answers of refused; NULL of gap
    n INTEGER NOT NULL,  -- identity: pictures read as a value that counts; answers of refused
    worth DOUBLE NOT NULL,  -- identity: how many pictures count as one in the interval of a single
    -- prompt; else 1
    unseen INTEGER NOT NULL,  -- identity: answers that may have shown it: refused, cannot_tell, invalid,
    -- not assessed
    bound_low DOUBLE,  -- identity: least share whatever the unseen answers would have shown; NULL where 5
    -- % or less are unseen
    bound_high DOUBLE,  -- identity: largest share whatever the unseen answers would have shown; NULL
    -- likewise
    prompts INTEGER NOT NULL,  -- identity: prompts with enough pictures; of stereotypes declared cells
    planned_prompts INTEGER NOT NULL,  -- identity: prompts that the figure would be of
    weeks INTEGER NOT NULL,  -- identity: weeks of the span with pictures; 0 of a study
    first_week DATE,  -- identity: first of these weeks; NULL of a study
    se DOUBLE,  -- identity: standard error of the estimate; NULL where there is no interval
    dispersion DOUBLE,  -- identity: how much more weeks differ than pictures explain (1 of a study)
    df DOUBLE,  -- identity: degrees of freedom behind the dispersion; NULL of a study
    critical DOUBLE  -- identity: quantile that the interval, or the comparison, uses
);

-- One row for each board: models compared by one figure of one suite or study.
-- Grain: week, study, track, simulated, suite, suite_major, condition, turn, selection, attribute,
-- yardstick, labeler.
CREATE TABLE boards (
    week DATE,  -- identity: Monday of the week that the span ends with; NULL of a study
    study VARCHAR,  -- identity: name of the study; NULL of a week
    track VARCHAR NOT NULL,  -- identity: model or system, never ranked together; study of a study
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model
    suite VARCHAR NOT NULL,  -- identity: suite without its version; of a study its name
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; 1 of a study
    condition VARCHAR NOT NULL,  -- identity: condition of the prompts
    turn INTEGER NOT NULL,  -- identity: 1, or 2 for what came after a confrontation
    selection VARCHAR,  -- identity: declared selection of prompts; NULL: all
    attribute VARCHAR,  -- identity: attribute that is compared; NULL of stereotypes
    yardstick VARCHAR NOT NULL,  -- identity: reference that models are compared with, or stereotypes
    labeler VARCHAR,  -- identity: who read the pictures of the models with a figure, or of the study; NULL
    -- where no model has one
    labeler_version VARCHAR,  -- identity: version of that labeler
    lead BOOLEAN NOT NULL,  -- identity: true of the board that orders the leaderboard
    models INTEGER NOT NULL,  -- identity: ranked models
    critical DOUBLE,  -- identity: critical value of all pairs (studentized range over root 2); NULL where
    -- reason says why
    df DOUBLE,  -- identity: degrees of freedom of the critical value; NULL of a study
    resolution DOUBLE,  -- identity: difference of two figures that the board tells apart in four of five
    -- cases; NULL before eight weeks
    would_find DOUBLE,  -- identity: change of a share that would be found within eight weeks in four of
    -- five cases; NULL where none would
    reason VARCHAR  -- identity: why nobody is ranked; NULL if models are
);

-- One row for each model of a board: its rank, as a range, or why it has none.
-- Grain: week, study, track, simulated, suite, suite_major, condition, turn, selection, attribute,
-- yardstick, labeler, model.
CREATE TABLE board_ranks (
    week DATE,  -- identity: Monday of the week that the span ends with; NULL of a study
    study VARCHAR,  -- identity: name of the study; NULL of a week
    track VARCHAR NOT NULL,  -- identity: model or system, never ranked together; study of a study
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model
    suite VARCHAR NOT NULL,  -- identity: suite without its version; of a study its name
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; 1 of a study
    condition VARCHAR NOT NULL,  -- identity: condition of the prompts
    turn INTEGER NOT NULL,  -- identity: 1, or 2 for what came after a confrontation
    selection VARCHAR,  -- identity: declared selection of prompts; NULL: all
    attribute VARCHAR,  -- identity: attribute that is compared; NULL of stereotypes
    yardstick VARCHAR NOT NULL,  -- identity: reference that models are compared with, or stereotypes
    labeler VARCHAR,  -- identity: who read the pictures of the models with a figure, or of the study; NULL
    -- where no model has one
    labeler_version VARCHAR,  -- identity: version of that labeler
    model VARCHAR NOT NULL,  -- identity: name of the model entry, or of the study's model
    rank_low INTEGER,  -- identity: 1 + how many models are shown to be closer; NULL where reason says why
    rank_high INTEGER,  -- identity: models of the board less those shown to be farther; NULL likewise
    holds BOOLEAN,  -- identity: true if all that is said of the model holds whatever the unseen answers
    -- would have shown
    reason VARCHAR  -- identity: why the model has no rank; NULL if it has one
);

-- One row for each pair of ranked models of a board, the one with the smaller figure first.
-- Grain: week, study, track, simulated, suite, suite_major, condition, turn, selection, attribute,
-- yardstick, labeler, model_a, model_b.
CREATE TABLE board_pairs (
    week DATE,  -- identity: Monday of the week that the span ends with; NULL of a study
    study VARCHAR,  -- identity: name of the study; NULL of a week
    track VARCHAR NOT NULL,  -- identity: model or system, never ranked together; study of a study
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model
    suite VARCHAR NOT NULL,  -- identity: suite without its version; of a study its name
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; 1 of a study
    condition VARCHAR NOT NULL,  -- identity: condition of the prompts
    turn INTEGER NOT NULL,  -- identity: 1, or 2 for what came after a confrontation
    selection VARCHAR,  -- identity: declared selection of prompts; NULL: all
    attribute VARCHAR,  -- identity: attribute that is compared; NULL of stereotypes
    yardstick VARCHAR NOT NULL,  -- identity: reference that models are compared with, or stereotypes
    labeler VARCHAR,  -- identity: who read the pictures of the models with a figure, or of the study; NULL
    -- where no model has one
    labeler_version VARCHAR,  -- identity: version of that labeler
    model_a VARCHAR NOT NULL,  -- identity: model with the smaller figure
    model_b VARCHAR NOT NULL,  -- identity: model with the larger figure
    prompts INTEGER NOT NULL,  -- identity: prompts, or declared cells, that both have
    difference DOUBLE,  -- identity: b less a, of the mean on these: of gap of the mean square; NULL
    -- without any
    se DOUBLE,  -- identity: standard error of the difference
    dispersion DOUBLE,  -- identity: how much more weeks differ than pictures explain
    told_apart BOOLEAN NOT NULL,  -- identity: true if the difference is beyond critical times se
    holds BOOLEAN NOT NULL  -- identity: true if so whatever the unseen answers would have shown
);

-- One row for each pair of prompts that differ in a word, a language or a condition, and for the mean over
-- the pairs of a comparison: what it changes.
-- Grain: week, study, model, suite, suite_major, kind, comparison, subject, attribute, labeler,
-- labeler_version, value.
CREATE TABLE words (
    week DATE,  -- identity: Monday of the week that the span ends with; NULL of a study
    study VARCHAR,  -- identity: name of the study; NULL of a week
    model VARCHAR NOT NULL,  -- identity: name of the model entry, or of the study's model
    track VARCHAR NOT NULL,  -- identity: model or system, never ranked together; study of a study
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model
    suite VARCHAR NOT NULL,  -- identity: suite without its version; of a study its name
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; 1 of a study
    comparison VARCHAR NOT NULL,  -- identity: the two sides, written a → b
    kind VARCHAR NOT NULL,  -- identity: wording, language, controlled or confronted
    a VARCHAR NOT NULL,  -- identity: name of the first side
    b VARCHAR NOT NULL,  -- identity: name of the second side
    subject VARCHAR,  -- identity: subject of both prompts; NULL: mean over all pairs
    prompt_a VARCHAR,  -- identity: prompt of the first side; NULL of the mean
    turn_a INTEGER NOT NULL,  -- identity: turn of the first side
    prompt_b VARCHAR,  -- identity: prompt of the second side; NULL of the mean
    turn_b INTEGER NOT NULL,  -- identity: turn of the second side
    attribute VARCHAR NOT NULL,  -- identity: attribute
    labeler VARCHAR NOT NULL,  -- identity: who read the pictures
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler; empty where it read nothing
    value VARCHAR NOT NULL,  -- identity: value, or band where there are bands
    k_a INTEGER NOT NULL,  -- identity: pictures of the first side that show the value
    n_a INTEGER NOT NULL,  -- identity: pictures of the first side read as a value that counts
    k_b INTEGER NOT NULL,  -- identity: pictures of the second side that show the value
    n_b INTEGER NOT NULL,  -- identity: pictures of the second side read as a value that counts
    pairs INTEGER NOT NULL,  -- identity: pairs with pictures on both sides; 1 of a pair
    share_a DOUBLE,  -- identity: share of the first side; of the mean, over the pairs that entered
    share_b DOUBLE,  -- identity: share of the second side
    estimate DOUBLE,  -- identity: change of the share, b less a; NULL where reason says why, and the shares
    low DOUBLE,  -- identity: lower end of the 95 % interval
    high DOUBLE,  -- identity: upper end of the 95 % interval
    se DOUBLE,  -- identity: standard error of the estimate; NULL where there is no interval
    dispersion DOUBLE,  -- identity: how much more weeks differ than pictures explain (1 of a study)
    df DOUBLE,  -- identity: degrees of freedom behind the dispersion; NULL of a study
    critical DOUBLE,  -- identity: quantile that the interval, or the comparison, uses
    holm_critical DOUBLE,  -- identity: critical value of this row among the pairs listed with it (Holm);
    -- NULL where it was not reached
    clear BOOLEAN,  -- identity: true if the middle of the interval is farther from 0 than holm_critical times
    -- se; NULL without an interval
    reason VARCHAR  -- identity: why there is no estimate, or no interval (few_weeks); NULL if there are
    -- both
);

-- One row for each reported change of a series: the share of a value in a suite or a prompt, or of
-- refusals.
-- Grain: week, model, suite, suite_major, condition, turn, prompt, attribute, labeler_version, value.
CREATE TABLE changes (
    week DATE NOT NULL,  -- identity: Monday of the week whose answers brought it to light
    model VARCHAR NOT NULL,  -- identity: name of the model entry, or of the study's model
    track VARCHAR NOT NULL,  -- identity: model or system, never ranked together; study of a study
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model
    suite VARCHAR NOT NULL,  -- identity: suite without its version; of a study its name
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; 1 of a study
    condition VARCHAR NOT NULL,  -- identity: condition of the prompts
    turn INTEGER NOT NULL,  -- identity: 1, or 2 for what came after a confrontation
    prompt VARCHAR,  -- identity: prompt; NULL: of the suite
    attribute VARCHAR,  -- identity: attribute, or all:<id>; NULL of refusals
    labeler VARCHAR,  -- identity: who read the pictures; NULL of refusals
    labeler_version VARCHAR,  -- identity: version of the labeler; NULL of refusals
    value VARCHAR NOT NULL,  -- identity: value or band; refused of refusals
    changed_week DATE NOT NULL,  -- identity: most likely first week of the new level
    earliest_week DATE NOT NULL,  -- identity: first of the weeks that it may be (95 %)
    latest_week DATE NOT NULL,  -- identity: last of the weeks that it may be (95 %)
    before_k INTEGER NOT NULL,  -- identity: pictures before it that show the value
    before_n INTEGER NOT NULL,  -- identity: pictures before it
    after_k INTEGER NOT NULL,  -- identity: pictures after it that show the value
    after_n INTEGER NOT NULL,  -- identity: pictures after it
    size DOUBLE NOT NULL,  -- identity: difference of the mean weekly shares, after less before
    low DOUBLE NOT NULL,  -- identity: lower end of the 95 % interval of size, not corrected for having
    -- been found
    high DOUBLE NOT NULL,  -- identity: upper end of it
    se DOUBLE NOT NULL,  -- identity: standard error of size
    dispersion DOUBLE NOT NULL,  -- identity: how much more weeks differ than pictures explain
    df DOUBLE NOT NULL,  -- identity: degrees of freedom
    critical DOUBLE NOT NULL,  -- identity: what size / se had to pass to be reported
    series INTEGER NOT NULL,  -- identity: series that were looked at in that week
    common BOOLEAN NOT NULL,  -- identity: true if two and half of the other models or more moved alike:
    -- suspect the labeler or the method
    causes VARCHAR[] NOT NULL  -- identity: what else changed around the date: labeler_drift, labeler,
    -- suite, model_version, completeness, all_models
);

-- One row for each part of each claim of 2023 and each model of a week: the share now, and whether it is as
-- in 2023.
-- Grain: week, model, claim, part.
CREATE TABLE claim_shares (
    week DATE NOT NULL,  -- identity: Monday of the week that the span ends with
    model VARCHAR NOT NULL,  -- identity: name of the model entry, or of the study's model
    track VARCHAR NOT NULL,  -- identity: model or system, never ranked together; study of a study
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model
    claim VARCHAR NOT NULL,  -- identity: id of the claim
    part VARCHAR NOT NULL,  -- identity: part of its pictures
    threshold DOUBLE,  -- identity: share that its words stand for; NULL: no verdict is given
    suite_majors INTEGER[] NOT NULL,  -- identity: major versions of the suite whose pictures are counted
    k INTEGER NOT NULL,  -- identity: pictures that show it
    n INTEGER NOT NULL,  -- identity: pictures in which it could be decided
    worth DOUBLE NOT NULL,  -- identity: how many pictures count as one
    unseen INTEGER NOT NULL,  -- identity: answers that may have shown it
    share DOUBLE,  -- identity: k / n; NULL where reason says why
    low DOUBLE,  -- identity: lower end of the 95 % interval
    high DOUBLE,  -- identity: upper end of the 95 % interval
    bound_low DOUBLE,  -- identity: least share whatever the unseen answers would have shown; NULL where 5
    -- % or less are unseen
    bound_high DOUBLE,  -- identity: largest share likewise
    control_k INTEGER,  -- identity: pictures of the control that show it; NULL without a control
    control_n INTEGER,  -- identity: pictures of the control in which it could be decided
    beside_k INTEGER,  -- identity: pictures that show what is counted beside it; NULL where nothing is
    verdict VARCHAR NOT NULL,  -- identity: as in 2023? yes, no, cannot_tell or not_asked, by the interval
    -- alone; empty without a threshold
    reason VARCHAR  -- identity: why there is no share; NULL if there is one
);

-- One row for each value that gold was asked about: how often the labeler says otherwise than people.
-- Grain: week, model, suite, suite_major, attribute, labeler, labeler_version, value.
CREATE TABLE labeler_error (
    week DATE NOT NULL,  -- identity: Monday of the week that the span ends with
    model VARCHAR NOT NULL,  -- identity: name of the model entry, or of the study's model
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite
    attribute VARCHAR NOT NULL,  -- identity: attribute
    labeler VARCHAR NOT NULL,  -- identity: who read the pictures
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler; empty where it read nothing
    value VARCHAR NOT NULL,  -- identity: value, or band where there are bands
    n INTEGER NOT NULL,  -- identity: pictures read in the span
    gold_n INTEGER NOT NULL,  -- identity: of these, with gold
    estimate DOUBLE,  -- identity: mean of the labeler's label less people's, weighted; NULL where reason
    -- says why
    low DOUBLE,  -- identity: lower end of the 95 % interval
    high DOUBLE,  -- identity: upper end of the 95 % interval
    differ DOUBLE,  -- identity: part of the gold pictures on which the two raters differ
    reason VARCHAR  -- identity: why there is no estimate: no_gold, few_gold, raters_differ; NULL if there
    -- is one
);
