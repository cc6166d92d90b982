-- What it makes: what is computed of all weeks together: changes, and claims of 2023.
-- Grain: stated at each table. A comment above a table or behind a column is its COMMENT in the database.

-- One row for each change of a series that was opened; it stays, as it was known when it was opened.
-- Grain: week, model, series, params_hash, suite, suite_major, condition, turn, prompt, attribute, scale,
-- labeler_version, metric, value_name, started_week.
CREATE TABLE drift_events (
    week DATE NOT NULL,  -- identity: Monday of the week in which the event was opened; nothing later is in
    -- its figures
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    series VARCHAR NOT NULL,  -- identity: name of the series
    params_hash VARCHAR NOT NULL,  -- identity: first eight hexadecimal digits of the SHA-256 of the
    -- parameters
    track VARCHAR NOT NULL,  -- identity: model or system
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; a new one starts new series
    condition VARCHAR NOT NULL,  -- identity: baseline, controlled or confronted
    turn INTEGER NOT NULL,  -- identity: 1, or 2 for what came after a confrontation
    prompt VARCHAR,  -- identity: prompt that alarmed alone, written suite/prompt; NULL where the prompts of
    -- the suite did together
    attribute VARCHAR,  -- identity: attribute; NULL for refusals
    scale VARCHAR,  -- identity: values or bands; NULL for refusals
    labeler_version VARCHAR,  -- identity: version of the labeler; a new one starts a new series; NULL for
    -- refusals
    metric VARCHAR NOT NULL,  -- identity: share (of a value) or refused_rate
    value_name VARCHAR,  -- identity: value whose share changed; NULL for refusals
    kind VARCHAR NOT NULL,  -- identity: model, refusals, or what explains it better than the model:
    -- labeler_drift, all_models, suite
    started_week DATE NOT NULL,  -- identity: first week of the counts behind it: the series' first, or that
    -- of its last change
    changed_week DATE NOT NULL,  -- identity: first week after the change, the likeliest
    earliest_week DATE NOT NULL,  -- identity: start of the 95 % range of changed_week
    latest_week DATE NOT NULL,  -- identity: end of the 95 % range of changed_week
    before_share DOUBLE NOT NULL,  -- identity: mean share over the changed prompts, from started_week until
    -- changed_week
    after_share DOUBLE NOT NULL,  -- identity: the same from changed_week through week
    change DOUBLE NOT NULL,  -- identity: after_share - before_share
    change_low DOUBLE NOT NULL,  -- identity: lower end of its 95 % interval, date and prompts taken as given
    change_high DOUBLE NOT NULL,  -- identity: upper end of its 95 % interval
    before_n INTEGER NOT NULL,  -- identity: pictures (or answers) behind before_share
    after_n INTEGER NOT NULL,  -- identity: pictures (or answers) behind after_share
    log10_e DOUBLE NOT NULL,  -- identity: evidence: decimal logarithm of the e-value of the alarm, to three
    -- decimals
    cells INTEGER NOT NULL,  -- identity: prompts of the series that were seen before and after
    changed_cells INTEGER NOT NULL,  -- identity: prompts that entered the shares: those that changed more
    -- likely than not, else all
    changed_prompts VARCHAR NOT NULL,  -- identity: those prompts, separated by commas
    suite_changed BOOLEAN NOT NULL,  -- identity: cause check: the suite's content changed around the date
    labeler_changed BOOLEAN NOT NULL,  -- identity: cause check: another labeler version read the attribute
    -- around the date
    labeler_moved_share DOUBLE,  -- identity: cause check: share of frozen pictures that the labeler read
    -- otherwise than before, around the date; NULL if it read none
    model_version_changed BOOLEAN,  -- identity: cause check: the version that the service reports changed
    -- around the date; NULL if it reports none
    completeness_changed BOOLEAN NOT NULL,  -- identity: cause check: the share of slots that were answered
    -- moved by 10 points or more around the date
    models_at_once INTEGER NOT NULL,  -- identity: cause check: models whose events of this suite, metric and
    -- value are dated within a week of this, itself included, opened by week
    models_compared INTEGER NOT NULL,  -- identity: models of which the same is looked at around the date
    words VARCHAR NOT NULL,  -- identity: the event in one sentence
    unseen_share DOUBLE,  -- identity: part of the answers to the changed prompts, refusals among them, that
    -- shows no value, of the weeks before or since, whichever lack more; NULL: refusals
    tipping_share DOUBLE  -- identity: part of the unseen answers that must speak against the change as
    -- strongly as any can (those of the side with the larger share never show the value, those of the other
    -- always do), the others showing what the seen ones show, for the interval to reach 0; NULL: all would
    -- not do, the interval holds 0, 2 % or less unseen, or refusals
);

-- One row for each claim of 2023, part of its pictures and role, of each model in each week; zeros included.
-- Grain: week, model, claim, part, role.
CREATE TABLE claim_counts (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    series VARCHAR NOT NULL,  -- identity: name of the series
    params_hash VARCHAR NOT NULL,  -- identity: first eight hexadecimal digits of the SHA-256 of the
    -- parameters
    track VARCHAR NOT NULL,  -- identity: model or system
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model
    claim VARCHAR NOT NULL,  -- identity: id of the claim in assets/suites/claims.yaml
    part VARCHAR NOT NULL,  -- identity: part of the claim's pictures, e.g. en or fr
    role VARCHAR NOT NULL,  -- identity: claim, or control (prompts that do not name the group)
    planned INTEGER NOT NULL,  -- identity: slots; a conversation is one, and what came after its first turn
    -- is counted
    pictures INTEGER NOT NULL,  -- identity: slots that ended with a picture
    refused INTEGER NOT NULL,  -- identity: slots that ended with an answer and no picture
    n INTEGER NOT NULL,  -- identity: pictures in which all parts of the claim were assessed
    k INTEGER NOT NULL,  -- identity: of n, those that show all parts of the claim
    undecided INTEGER NOT NULL,  -- identity: pictures that show every part that was assessed, and in which
    -- not all were
    beside_k INTEGER NOT NULL,  -- identity: of n, those that show the values that are counted beside the
    -- claim; 0 if there are none
    corrected_share DOUBLE,  -- identity: share of the claim in the four weeks through week, corrected with
    -- gold; NULL with a reason
    corrected_low DOUBLE,  -- identity: lower end of its 99 % interval
    corrected_high DOUBLE,  -- identity: upper end of its 99 % interval
    corrected_reason VARCHAR,  -- identity: why there is no corrected share; NULL if there is one, and for
    -- controls
    suite_major INTEGER,  -- identity: major version of the suite that the model was asked in the week; NULL
    -- if it was not asked
    clusters INTEGER,  -- identity: of how many jobs, calls or seeds the n pictures are, one without being its
    -- own; this and the next columns: of claims, NULL where no two pictures are of one
    cluster_cells INTEGER,  -- identity: prompts that they are of
    cluster_squares DOUBLE,  -- identity: sum over clusters of m squared, m their pictures
    cluster_sharing DOUBLE,  -- identity: sum over prompts of the mean number of pictures in the cluster of a
    -- picture
    cluster_within DOUBLE,  -- identity: sum over clusters of (x squared + (m - x) squared) / m, x the
    -- pictures that show the claim
    cluster_cell DOUBLE  -- identity: the same sum over prompts
);

-- One row for each claim of 2023 and part of its pictures, of each model in each week: what four weeks show.
-- Grain: week, model, claim, part.
CREATE TABLE claims (
    week DATE NOT NULL,  -- identity: Monday of the last week of the window
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    series VARCHAR NOT NULL,  -- identity: name of the series
    params_hash VARCHAR NOT NULL,  -- identity: first eight hexadecimal digits of the SHA-256 of the
    -- parameters
    track VARCHAR NOT NULL,  -- identity: model or system
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model
    claim VARCHAR NOT NULL,  -- identity: id of the claim in assets/suites/claims.yaml
    part VARCHAR NOT NULL,  -- identity: part of the claim's pictures, e.g. en or fr
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite that the model was asked last, up
    -- to the week; the newest before that
    threshold DOUBLE,  -- identity: share that the words of the claim stand for; NULL if no verdict is given
    prompts VARCHAR NOT NULL,  -- identity: prompts whose pictures are counted, separated by commas
    shows VARCHAR NOT NULL,  -- identity: what one picture must show, all of it: attribute=value, separated by
    -- commas
    control_prompts VARCHAR,  -- identity: prompts of the control; NULL without one
    window_weeks INTEGER NOT NULL,  -- identity: calendar weeks whose pictures are pooled
    weeks INTEGER NOT NULL,  -- identity: of them, those in which the model was planned
    planned INTEGER NOT NULL,  -- identity: slots in the window; a conversation is one
    pictures INTEGER NOT NULL,  -- identity: slots that ended with a picture
    refused INTEGER NOT NULL,  -- identity: slots that ended with an answer and no picture
    n INTEGER NOT NULL,  -- identity: pictures in which all parts of the claim were assessed
    k INTEGER NOT NULL,  -- identity: of n, those that show all parts of the claim
    undecided INTEGER NOT NULL,  -- identity: pictures that show every part that was assessed, and in which
    -- not all were
    beside_k INTEGER NOT NULL,  -- identity: of n, those that show the values that are counted beside the
    -- claim; 0 if there are none
    share DOUBLE,  -- identity: k / n; NULL if nothing was assessed
    low DOUBLE,  -- identity: lower end of the 99 % Wilson interval of share
    high DOUBLE,  -- identity: upper end of that interval
    bound_low DOUBLE,  -- identity: share among all pictures if none that is not known shows the claim
    bound_high DOUBLE,  -- identity: share among all pictures if every one that is undecided shows it
    beside_share DOUBLE,  -- identity: beside_k / n; NULL if nothing is counted beside the claim
    refused_share DOUBLE,  -- identity: refused / (pictures + refused)
    control_k INTEGER,  -- identity: k of the control; NULL without one
    control_n INTEGER,  -- identity: n of the control; NULL without one
    control_share DOUBLE,  -- identity: control_k / control_n
    corrected_share DOUBLE,  -- identity: share corrected with gold; NULL with corrected_reason
    corrected_low DOUBLE,  -- identity: lower end of its 99 % interval
    corrected_high DOUBLE,  -- identity: upper end of its 99 % interval
    corrected_reason VARCHAR,  -- identity: why there is no corrected share; NULL if there is one
    block_end DATE,  -- identity: Monday of the last week of the latest complete block of four weeks; NULL
    -- before the first, or without a threshold
    verdict VARCHAR,  -- identity: as then, rare, less than half, weaker, still most, weaker, between, too few
    -- or not asked: of the last block that decided, else of the latest; NULL with reason
    words VARCHAR,  -- identity: verdict with what must be said beside it: whether the control shows it too,
    -- what was refused
    reason VARCHAR,  -- identity: why there is no verdict; NULL if there is one
    suite_majors VARCHAR,  -- identity: major versions of the suite whose pictures are counted, separated by
    -- commas; their texts are the same
    tipping_share DOUBLE,  -- identity: part of refused and undecided that must show the claim, or not show
    -- it, whichever speaks against the verdict of these four weeks by themselves, the others showing what the
    -- seen ones show, for the interval to reach the next verdict; NULL: all would not do, nothing is decided,
    -- or they are 2 % or less of them and n
    design_effect DOUBLE  -- identity: how many pictures of the window count as one in the interval and the
    -- verdict; NULL: each counts, since none were drawn together
);
