-- What it makes: what is computed of a week when it is published.
-- Grain: stated at each table. A comment above a table or behind a column is its COMMENT in the database.

-- One row for each figure: of a prompt of a model in a week, or of a whole suite (prompt NULL), by each
-- labeler
-- that read the pictures; view plan_scores has those of the labeler that the plan names, which boards are of.
-- Grain: week, model, suite, suite_major, condition, prompt, turn, attribute, reference, scale, labeler,
-- metric,
-- value_name.
CREATE TABLE scores (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    series VARCHAR NOT NULL,  -- identity: name of the series
    params_hash VARCHAR NOT NULL,  -- identity: first eight hexadecimal digits of the SHA-256 of the
    -- parameters
    track VARCHAR NOT NULL,  -- identity: model or system
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; a new one starts new series
    condition VARCHAR NOT NULL,  -- identity: baseline, controlled or confronted
    prompt VARCHAR,  -- identity: prompt, written suite/prompt; NULL for a figure of the whole suite
    turn INTEGER NOT NULL,  -- identity: 1, or 2 for what came after a confrontation
    attribute VARCHAR,  -- identity: attribute; NULL for a rate of outcomes
    reference VARCHAR,  -- identity: reference that is compared with; stereotypes: declared pairs, against
    -- none; NULL if none is
    scale VARCHAR,  -- identity: values or bands; NULL for a rate of outcomes
    labeler_version VARCHAR,  -- identity: version of the labeler; NULL for a rate of outcomes
    metric VARCHAR NOT NULL,  -- identity: name of the metric (methodology)
    value_name VARCHAR,  -- identity: value that the figure is about; NULL if about none
    estimate DOUBLE,  -- identity: the figure; NULL where reason says why
    low DOUBLE,  -- identity: lower end of the 95 % interval; NULL if none
    high DOUBLE,  -- identity: upper end of the 95 % interval; NULL if none
    n INTEGER NOT NULL,  -- identity: number of pictures or answers behind the figure
    cells INTEGER NOT NULL,  -- identity: number of cells that entered
    planned_cells INTEGER NOT NULL,  -- identity: number of cells that were planned
    reason VARCHAR,  -- identity: why there is no figure; NULL if there is one
    prompts_low DOUBLE,  -- identity: lower end of the 95 % interval over prompts like these (low and high are
    -- of these prompts alone); NULL for prompts of fewer than ten subjects and for figures that are no mean
    -- over prompts
    prompts_high DOUBLE,  -- identity: upper end of that interval; NULL where prompts_low is
    labeler VARCHAR  -- identity: who read the pictures: the labeler that the plan names, or one beside it;
    -- NULL if no label counts, and in editions of before, which have figures of the planned labeler alone
);

-- One row for each figure of the four weeks that end with a week; scores has those of single weeks.
-- A model that is withheld in the week has no row.
-- Grain: week, model, suite, suite_major, condition, prompt, turn,
-- attribute, reference, scale, metric, value_name.
CREATE TABLE window_scores (
    week DATE NOT NULL,  -- identity: Monday of the last week of the window
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    series VARCHAR NOT NULL,  -- identity: name of the series
    params_hash VARCHAR NOT NULL,  -- identity: first eight hexadecimal digits of the SHA-256 of the
    -- parameters
    track VARCHAR NOT NULL,  -- identity: model or system
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; a new one starts new series
    condition VARCHAR NOT NULL,  -- identity: baseline, controlled or confronted
    prompt VARCHAR,  -- identity: prompt, written suite/prompt; NULL for a figure of the whole suite
    turn INTEGER NOT NULL,  -- identity: 1, or 2 for what came after a confrontation
    attribute VARCHAR,  -- identity: attribute; NULL for rates of answers and for declared combinations
    reference VARCHAR,  -- identity: reference that is compared with; NULL if none is
    scale VARCHAR,  -- identity: values or bands; NULL for rates of answers and for declared combinations
    labeler_version VARCHAR,  -- identity: version of the labeler; pictures that another one read are not in
    -- the window; NULL for rates of answers
    metric VARCHAR NOT NULL,  -- identity: name of the metric (methodology)
    value_name VARCHAR,  -- identity: value that the figure is about; NULL if about none
    window_weeks INTEGER NOT NULL,  -- identity: calendar weeks whose pictures are pooled
    weeks INTEGER NOT NULL,  -- identity: of them, those with assessed pictures, since the window began anew
    first_week DATE NOT NULL,  -- identity: Monday of the first week of the window: three weeks before, or
    -- that of a change opened by then
    estimate DOUBLE,  -- identity: the figure; NULL where reason says why
    low DOUBLE,  -- identity: lower end of the 95 % interval, prompts fixed, scatter from week to week in it
    high DOUBLE,  -- identity: upper end of that interval
    prompts_low DOUBLE,  -- identity: lower end of the 95 % interval over prompts like these; NULL for prompts
    -- of fewer than ten subjects and for figures that are no mean over prompts
    prompts_high DOUBLE,  -- identity: upper end of that interval
    n INTEGER NOT NULL,  -- identity: number of pictures or answers behind the figure
    cells INTEGER NOT NULL,  -- identity: number of prompts that entered: those with five assessed pictures in
    -- the window; of rates those with any
    scatter DOUBLE,  -- identity: standard deviation of the figure of a week beyond sampling; of distance that
    -- of distance2; NULL where nothing entered
    scatter_freedom DOUBLE,  -- identity: degrees of freedom of the quantile behind low and high; NULL: the
    -- normal one
    scatter_measured BOOLEAN,  -- identity: false: scatter is not yet measured, and that of five shared points
    -- of a share is taken
    quiet_weeks INTEGER,  -- identity: weeks, of the last twelve, without an opened change after them, on
    -- which scatter is measured
    settling BOOLEAN NOT NULL,  -- identity: true if a change of the attribute was opened in the last four
    -- weeks; of a rate of answers: of the share of refusals; of a combination: of one of its attributes
    reason VARCHAR  -- identity: why there is no figure; NULL if there is one
);

-- One row for each change in a model's pictures from prompts a to prompts b of one suite, which differ in a
-- word, in language, or in whether diversity was asked for.
-- Grain: week, model, suite, suite_major, kind, a, b, subject, attribute, reference, scale, metric,
-- value_name.
CREATE TABLE effects (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    series VARCHAR NOT NULL,  -- identity: name of the series
    track VARCHAR NOT NULL,  -- identity: model or system
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; a new one starts new series
    kind VARCHAR NOT NULL,  -- identity: wording, language, controlled (b asks for diversity) or confronted (b
    -- was told that it lacks)
    a VARCHAR NOT NULL,  -- identity: name of the prompts that are changed
    b VARCHAR NOT NULL,  -- identity: name of what they are changed into
    turn_a INTEGER NOT NULL,  -- identity: 1, or 2 for what came after a confrontation
    turn_b INTEGER NOT NULL,  -- identity: 1, or 2 for what came after a confrontation
    subject VARCHAR,  -- identity: subject of the pair of prompts; NULL for the mean over all subjects
    prompt_a VARCHAR,  -- identity: prompt of the pair, written suite/prompt; NULL for the mean
    prompt_b VARCHAR,  -- identity: prompt that it is changed into, written suite/prompt; NULL for the mean
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    reference VARCHAR,  -- identity: reference that is compared with; NULL if none is
    scale VARCHAR NOT NULL,  -- identity: values or bands
    labeler_version VARCHAR,  -- identity: version of the labeler; NULL if nothing was labelled
    metric VARCHAR NOT NULL,  -- identity: share, distance2, controllability, overcorrection or
    -- caricature_rate (methodology)
    value_name VARCHAR,  -- identity: value, or values with commas between, that the figure is about; NULL if
    -- about none
    estimate DOUBLE,  -- identity: the figure, b - a; NULL where reason says why
    low DOUBLE,  -- identity: lower end of the 95 % interval; NULL if none
    high DOUBLE,  -- identity: upper end of the 95 % interval; NULL if none
    estimate_a DOUBLE,  -- identity: share, or distance2, of a, mean over the pairs that entered; NULL where
    -- estimate is
    estimate_b DOUBLE,  -- identity: share, or distance2, of b, mean over the pairs that entered; NULL where
    -- estimate is
    n_a INTEGER NOT NULL,  -- identity: number of pictures of a behind the figure
    n_b INTEGER NOT NULL,  -- identity: number of pictures of b behind the figure
    cells INTEGER NOT NULL,  -- identity: number of pairs of prompts that entered
    planned_cells INTEGER NOT NULL,  -- identity: number of pairs of prompts that the suite has
    reason VARCHAR,  -- identity: why there is no figure; NULL if there is one
    unseen_share DOUBLE,  -- identity: of share and caricature_rate: part of the answers to the pairs that
    -- entered, refusals among them, that shows no value, of the side that lacks more; NULL: no figure, or
    -- another metric
    tipping_share DOUBLE  -- identity: part of the unseen answers that must speak against the change as
    -- strongly as any can (those of the side with the larger share never show the value, those of the other
    -- always do), the others showing what the seen ones show, for the interval to reach 0; NULL: all would
    -- not do, the interval holds 0, 2 % or less unseen, or unseen_share is NULL
);

-- One row for each change in a model's pictures of the four weeks that end with a week, from prompts a to
-- prompts b of one suite; effects has those of single weeks. A week counts for a pair of prompts if both
-- sides
-- have assessed pictures. A model that is withheld in the week has no row.
-- Grain: week, model, suite, suite_major, kind, a, b, subject, attribute, reference, scale, metric,
-- value_name.
CREATE TABLE window_effects (
    week DATE NOT NULL,  -- identity: Monday of the last week of the window
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    series VARCHAR NOT NULL,  -- identity: name of the series
    params_hash VARCHAR NOT NULL,  -- identity: first eight hexadecimal digits of the SHA-256 of the
    -- parameters
    track VARCHAR NOT NULL,  -- identity: model or system
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; a new one starts new series
    kind VARCHAR NOT NULL,  -- identity: wording, language, controlled (b asks for diversity) or confronted (b
    -- was told that it lacks)
    a VARCHAR NOT NULL,  -- identity: name of the prompts that are changed
    b VARCHAR NOT NULL,  -- identity: name of what they are changed into
    turn_a INTEGER NOT NULL,  -- identity: 1, or 2 for what came after a confrontation
    turn_b INTEGER NOT NULL,  -- identity: 1, or 2 for what came after a confrontation
    subject VARCHAR,  -- identity: subject of the pair of prompts; NULL for the mean over all subjects
    prompt_a VARCHAR,  -- identity: prompt of the pair, written suite/prompt; NULL for the mean
    prompt_b VARCHAR,  -- identity: prompt that it is changed into, written suite/prompt; NULL for the mean
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    reference VARCHAR,  -- identity: reference that is compared with; NULL if none is
    scale VARCHAR NOT NULL,  -- identity: values or bands
    labeler_version VARCHAR,  -- identity: version of the labeler; pictures that another one read are not in
    -- the window; NULL if nothing was labelled
    metric VARCHAR NOT NULL,  -- identity: share, distance2, controllability, overcorrection or
    -- caricature_rate (methodology)
    value_name VARCHAR,  -- identity: value, or values with commas between, that the figure is about; NULL if
    -- about none
    window_weeks INTEGER NOT NULL,  -- identity: calendar weeks whose pictures are pooled
    weeks INTEGER NOT NULL,  -- identity: of them, those in which both sides of a pair that entered have
    -- assessed pictures
    first_week DATE NOT NULL,  -- identity: Monday of the first week of the window: three weeks before, or
    -- that of a change of either side opened by then
    estimate DOUBLE,  -- identity: the figure, b - a; NULL where reason says why
    low DOUBLE,  -- identity: lower end of the 95 % interval, scatter of the weekly differences in it; NULL if
    -- none
    high DOUBLE,  -- identity: upper end of that interval; NULL if none
    estimate_a DOUBLE,  -- identity: share, or distance2, of a, mean over the pairs that entered; NULL where
    -- estimate is
    estimate_b DOUBLE,  -- identity: share, or distance2, of b, mean over the pairs that entered; NULL where
    -- estimate is
    n_a INTEGER NOT NULL,  -- identity: number of pictures of a behind the figure
    n_b INTEGER NOT NULL,  -- identity: number of pictures of b behind the figure
    cells INTEGER NOT NULL,  -- identity: number of pairs of prompts that entered: those with five assessed
    -- pictures on both sides
    planned_cells INTEGER NOT NULL,  -- identity: number of pairs of prompts that the suite has
    scatter DOUBLE,  -- identity: standard deviation of the figure of a week beyond sampling; NULL where
    -- nothing entered
    scatter_freedom DOUBLE,  -- identity: degrees of freedom of the quantile behind low and high; NULL: the
    -- normal one
    scatter_measured BOOLEAN,  -- identity: false: scatter is not yet measured, and that of sides that move by
    -- five points each is taken
    quiet_weeks INTEGER,  -- identity: weeks, of the last twelve, without an opened change after them, on
    -- which scatter is measured
    settling BOOLEAN NOT NULL,  -- identity: true if a change of the attribute was opened on either side in
    -- the last four weeks
    reason VARCHAR,  -- identity: why there is no figure; NULL if there is one
    unseen_share DOUBLE,  -- identity: of share and caricature_rate: part of the answers to the pairs that
    -- entered, refusals among them, that shows no value, of the side that lacks more, in the weeks of the
    -- window in which both sides of a pair answered; NULL: no figure, or another metric
    tipping_share DOUBLE  -- identity: part of the unseen answers that must speak against the change as
    -- strongly as any can (those of the side with the larger share never show the value, those of the other
    -- always do), the others showing what the seen ones show, for the interval to reach 0; NULL: all would
    -- not do, the interval holds 0, 2 % or less unseen, or unseen_share is NULL
);

-- One row for each suite and attribute of a week: which changes of a share could be found in it.
-- Grain: week, track, simulated, suite, suite_major, condition, attribute.
CREATE TABLE detectable_shifts (
    week DATE NOT NULL,  -- identity: Monday of the week
    track VARCHAR NOT NULL,  -- identity: model or system
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite
    condition VARCHAR NOT NULL,  -- identity: baseline, controlled or confronted
    attribute VARCHAR NOT NULL,  -- identity: attribute
    n INTEGER NOT NULL,  -- identity: assessed pictures of a prompt in this week: the median over models and
    -- prompts
    cells INTEGER NOT NULL,  -- identity: prompts of a model: the median over models
    series INTEGER NOT NULL,  -- identity: series that are looked at together, rounded up to a power of two
    all_in_3_weeks DOUBLE,  -- identity: smallest change of a share, the same in all prompts, that is found
    -- within 3 weeks in 80 %; NULL where reason says why
    all_in_8_weeks DOUBLE,  -- identity: the same within 8 weeks
    one_in_3_weeks DOUBLE,  -- identity: smallest change of a share in one prompt that is found within 3 weeks
    -- in 80 %; NULL where reason says why
    one_in_8_weeks DOUBLE,  -- identity: the same within 8 weeks
    reason VARCHAR  -- identity: why one of the changes is NULL
);

-- One row for each suite and attribute of a model in which pictures of the window were drawn together, and
-- for
-- each of its prompts. Figures of windows count their pictures divided by the design effect.
-- Grain: week, model, suite, suite_major, condition, prompt, turn, attribute.
CREATE TABLE design_effects (
    week DATE NOT NULL,  -- identity: Monday of the week with which the window ends
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    series VARCHAR NOT NULL,  -- identity: name of the series
    params_hash VARCHAR NOT NULL,  -- identity: hash of the parameters
    track VARCHAR NOT NULL,  -- identity: model or system
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite
    condition VARCHAR NOT NULL,  -- identity: baseline, controlled or confronted
    prompt VARCHAR,  -- identity: prompt, written suite/prompt; NULL: the whole suite
    turn INTEGER NOT NULL,  -- identity: 1, or 2 for what came after a confrontation
    attribute VARCHAR NOT NULL,  -- identity: attribute
    scale VARCHAR NOT NULL,  -- identity: values or bands
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler
    first_week DATE NOT NULL,  -- identity: Monday of the first week of the window
    weeks INTEGER NOT NULL,  -- identity: weeks of the window with assessed pictures
    n INTEGER NOT NULL,  -- identity: assessed pictures of the window
    clusters INTEGER NOT NULL,  -- identity: of how many jobs, calls or seeds they are; a picture without one
    -- is its own
    freedom INTEGER NOT NULL,  -- identity: degrees of freedom between clusters, of the suite: clusters less
    -- prompts
    correlation DOUBLE NOT NULL,  -- identity: intra-cluster correlation of the suite, 0 to 1; below ten
    -- degrees of freedom, and where all pictures of each prompt show the same, it is not measured and taken
    -- as 1
    design_effect DOUBLE NOT NULL  -- identity: how many pictures count as one: 1 + (m - 1) times the
    -- correlation, m the mean number of pictures in the cluster of a picture
);

-- One row for each pair of models that are ranked on one board, compared on their common cells.
-- Grain: week, track, simulated, suite, suite_major, condition, attribute, reference, scale, model_a,
-- model_b.
CREATE TABLE model_pairs (
    week DATE NOT NULL,  -- identity: Monday of the week in which the models were asked
    track VARCHAR NOT NULL,  -- identity: model or system
    simulated BOOLEAN NOT NULL,  -- identity: true if both are simulated models; they never stand beside real
    -- ones
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite
    condition VARCHAR NOT NULL,  -- identity: baseline, controlled or confronted
    attribute VARCHAR NOT NULL,  -- identity: attribute
    reference VARCHAR NOT NULL,  -- identity: reference that is compared with
    scale VARCHAR NOT NULL,  -- identity: values or bands
    model_a VARCHAR NOT NULL,  -- identity: the one of the two names that comes first
    model_b VARCHAR NOT NULL,  -- identity: the other
    cells INTEGER NOT NULL,  -- identity: number of prompts that both have two assessed pictures or more of
    estimate DOUBLE NOT NULL,  -- identity: distance2 of model_a minus that of model_b, over those prompts;
    -- below 0 if model_a is closer
    low DOUBLE NOT NULL,  -- identity: lower end of its 95 % interval
    high DOUBLE NOT NULL,  -- identity: upper end of its 95 % interval
    adjusted_low DOUBLE NOT NULL,  -- identity: lower end at the level of the last step of the test of all
    -- pairs of a board (Holm, 5 %)
    adjusted_high DOUBLE NOT NULL,  -- identity: upper end of that interval
    verdict VARCHAR NOT NULL,  -- identity: a is closer, b is closer, or not told apart: whether the adjusted
    -- interval leaves out 0
    unseen_share DOUBLE,  -- identity: part of the answers on common prompts that shows no value, of the one
    -- of the two that lacks more
    gamma DOUBLE,  -- identity: least factor by which odds of a value must be off among the unseen for them
    -- not to be told apart; NULL: none up to 100, not told apart, 2 % or less unseen without a trend, or a
    -- board of shares
    holds_at_bounds BOOLEAN,  -- identity: whether they are told apart whatever the unseen answers would have
    -- shown; NULL: not told apart, or 2 % or less unseen without a trend
    tipping_share DOUBLE,  -- identity: part of the unseen that must speak against the order as strongly as
    -- any can for them not to be told apart; NULL: all would not do, not told apart, 2 % or less unseen, or a
    -- board of distances
    unseen_trend BOOLEAN  -- identity: whether the unseen part of the answers of one of the two goes along,
    -- over prompts, with what it shows (unseen_p_value of ranks at most 0.025)
);

-- One row for each model of a board: the range of its rank, or why it has none.
-- Whether its labels can be relied on is asked last, in the view leaderboard.
-- Grain: week, track, simulated, suite, suite_major, condition, attribute, reference, scale, model.
CREATE TABLE ranks (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    track VARCHAR NOT NULL,  -- identity: model or system
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by simulated models, which are
    -- ranked among themselves alone
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite
    condition VARCHAR NOT NULL,  -- identity: baseline, controlled or confronted
    attribute VARCHAR NOT NULL,  -- identity: attribute
    reference VARCHAR NOT NULL,  -- identity: reference that is compared with
    scale VARCHAR NOT NULL,  -- identity: values or bands
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    rank_low INTEGER,  -- identity: 1 + the ranked models that are significantly closer to the reference; NULL
    -- if not ranked
    rank_high INTEGER,  -- identity: ranked_of - the ranked models that are significantly farther away; NULL
    -- if not ranked
    ranked_of INTEGER,  -- identity: number of models that are ranked; NULL if this one is not
    cells INTEGER NOT NULL,  -- identity: number of prompts of which 80 % of the answers, refusals among them,
    -- were assessed, and four
    planned_cells INTEGER NOT NULL,  -- identity: number of prompts of the suite, by any model of the board,
    -- that the reference has a row for
    covered_share DOUBLE,  -- identity: cells / planned_cells; a rank needs 0.9; NULL if there are none
    bound_low DOUBLE,  -- identity: least distance that the unseen answers leave possible; NULL if withheld or
    -- without a reference
    bound_high DOUBLE,  -- identity: largest distance that they leave possible; NULL likewise
    reason VARCHAR,  -- identity: why there is no rank; NULL if there is one
    gamma DOUBLE,  -- identity: smallest gamma of its pairs; NULL if none has one
    bound_rank_low INTEGER,  -- identity: rank_low if only pairs count that are told apart whatever the unseen
    -- answers would have shown; NULL: not ranked, or 2 % or less unseen in each pair, without a trend
    bound_rank_high INTEGER,  -- identity: rank_high likewise
    tipping_share DOUBLE,  -- identity: smallest tipping_share of its pairs; NULL if none has one
    unseen_value VARCHAR,  -- identity: value whose share goes along most, over ten prompts or more, with the
    -- unseen part of the answers; NULL: not ranked, fewer prompts, the same part unseen of each, or a board
    -- of shares
    unseen_correlation DOUBLE,  -- identity: rank correlation (Spearman) of the two over prompts
    unseen_p_value DOUBLE  -- identity: how often the unseen part would go along with some value as much by
    -- chance
);

-- One row for each board with ranked models and each other way to measure its figure: how many pairs turn.
-- Grain: week, track, simulated, suite, suite_major, condition, attribute, reference, scale, variant, other.
CREATE TABLE rank_robustness (
    week DATE NOT NULL,  -- identity: Monday of the week in which the models were asked
    track VARCHAR NOT NULL,  -- identity: model or system
    simulated BOOLEAN NOT NULL,  -- identity: true if the models are simulated; they never stand beside real
    -- ones
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite
    condition VARCHAR NOT NULL,  -- identity: baseline, controlled or confronted
    attribute VARCHAR NOT NULL,  -- identity: attribute
    reference VARCHAR NOT NULL,  -- identity: reference that the board compares with
    scale VARCHAR NOT NULL,  -- identity: values or bands
    variant VARCHAR NOT NULL,  -- identity: mean_absolute (mean over prompts of ½ Σ|p - q|, not the root mean
    -- square), pooled (all prompts together, not one by one), one_prompt_left_out, other_reference (another
    -- one, for the same pictures), or other_labeler (another one's labels of them, on prompts of which it
    -- assessed four fifths as many pictures)
    other VARCHAR,  -- identity: the other reference; the other labeler; the prompt whose absence turns most
    -- pairs (NULL: none does); else NULL
    ranked INTEGER NOT NULL,  -- identity: number of models that are ranked on the board
    pairs INTEGER NOT NULL,  -- identity: pairs of them that can be compared this way, on the prompts that
    -- both have
    turned INTEGER NOT NULL,  -- identity: of pairs, those whose order is the opposite this way
    told_apart INTEGER NOT NULL,  -- identity: of pairs, those that the board tells apart
    told_apart_turned INTEGER NOT NULL,  -- identity: of told_apart, those whose order is the opposite this
    -- way
    verdict VARCHAR NOT NULL  -- identity: holds (no pair that is told apart turns), turned, or nothing is
    -- told apart
);

-- One row for each reason for which a model is not published in a week.
-- Grain: week, model, reason.
CREATE TABLE withheld (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    reason VARCHAR NOT NULL  -- identity: why the model is withheld, in words for the reader
);

-- One row for each check of a publish.
-- Grain: week, model, check_name.
CREATE TABLE check_results (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR,  -- identity: model that the failing rows name; NULL if the check concerns all
    check_name VARCHAR NOT NULL,  -- identity: table__rule
    severity VARCHAR NOT NULL,  -- identity: critical (withholds or stops) or warning
    status VARCHAR NOT NULL,  -- identity: pass, fail or error
    failing_rows INTEGER NOT NULL,  -- identity: number of rows that broke the rule
    message VARCHAR NOT NULL  -- identity: one line that says what is wrong
);
