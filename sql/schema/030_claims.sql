-- What it makes: what models draw now of what was reported of image models in 2023, with verdicts.
-- Grain: stated at each table. claim_counts is replaced a week at a time, claims whole.

CREATE TABLE claim_counts (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    params_hash VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    claim VARCHAR NOT NULL,
    part VARCHAR NOT NULL,
    role VARCHAR NOT NULL,
    planned INTEGER NOT NULL,
    pictures INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    n INTEGER NOT NULL,
    k INTEGER NOT NULL,
    undecided INTEGER NOT NULL,
    beside_k INTEGER NOT NULL,
    corrected_share DOUBLE,
    corrected_low DOUBLE,
    corrected_high DOUBLE,
    corrected_reason VARCHAR
);

COMMENT ON TABLE claim_counts IS
'One row for each claim of 2023, part of its pictures and role, of each model in each week; zeros included.
Grain: week, model, claim, part, role.';
COMMENT ON COLUMN claim_counts.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN claim_counts.model IS 'identity: name of the model entry';
COMMENT ON COLUMN claim_counts.series IS 'identity: name of the series';
COMMENT ON COLUMN claim_counts.params_hash IS
'identity: first eight hexadecimal digits of the SHA-256 of the parameters';
COMMENT ON COLUMN claim_counts.track IS 'identity: model or system';
COMMENT ON COLUMN claim_counts.simulated IS 'identity: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN claim_counts.claim IS 'identity: id of the claim in assets/suites/claims.yaml';
COMMENT ON COLUMN claim_counts.part IS 'identity: part of the claim''s pictures, e.g. en or fr';
COMMENT ON COLUMN claim_counts.role IS 'identity: claim, or control (prompts that do not name the group)';
COMMENT ON COLUMN claim_counts.planned IS
'identity: slots; a conversation is one, and what came after its first turn is counted';
COMMENT ON COLUMN claim_counts.pictures IS 'identity: slots that ended with a picture';
COMMENT ON COLUMN claim_counts.refused IS 'identity: slots that ended with an answer and no picture';
COMMENT ON COLUMN claim_counts.n IS 'identity: pictures in which all parts of the claim were assessed';
COMMENT ON COLUMN claim_counts.k IS 'identity: of n, those that show all parts of the claim';
COMMENT ON COLUMN claim_counts.undecided IS
'identity: pictures that show every part that was assessed, and in which not all were';
COMMENT ON COLUMN claim_counts.beside_k IS
'identity: of n, those that show the values that are counted beside the claim; 0 if there are none';
COMMENT ON COLUMN claim_counts.corrected_share IS
'identity: share of the claim in the four weeks through week, corrected with gold; NULL with a reason';
COMMENT ON COLUMN claim_counts.corrected_low IS 'identity: lower end of its 99 % interval';
COMMENT ON COLUMN claim_counts.corrected_high IS 'identity: upper end of its 99 % interval';
COMMENT ON COLUMN claim_counts.corrected_reason IS
'identity: why there is no corrected share; NULL if there is one, and for controls';

CREATE TABLE claims (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    params_hash VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    claim VARCHAR NOT NULL,
    part VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    threshold DOUBLE,
    prompts VARCHAR NOT NULL,
    shows VARCHAR NOT NULL,
    control_prompts VARCHAR,
    window_weeks INTEGER NOT NULL,
    weeks INTEGER NOT NULL,
    planned INTEGER NOT NULL,
    pictures INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    n INTEGER NOT NULL,
    k INTEGER NOT NULL,
    undecided INTEGER NOT NULL,
    beside_k INTEGER NOT NULL,
    share DOUBLE,
    low DOUBLE,
    high DOUBLE,
    bound_low DOUBLE,
    bound_high DOUBLE,
    beside_share DOUBLE,
    refused_share DOUBLE,
    control_k INTEGER,
    control_n INTEGER,
    control_share DOUBLE,
    corrected_share DOUBLE,
    corrected_low DOUBLE,
    corrected_high DOUBLE,
    corrected_reason VARCHAR,
    block_end DATE,
    verdict VARCHAR,
    words VARCHAR,
    reason VARCHAR
);

COMMENT ON TABLE claims IS
'One row for each claim of 2023 and part of its pictures, of each model in each week: what four weeks show.
Grain: week, model, claim, part.';
COMMENT ON COLUMN claims.week IS 'identity: Monday of the last week of the window';
COMMENT ON COLUMN claims.model IS 'identity: name of the model entry';
COMMENT ON COLUMN claims.series IS 'identity: name of the series';
COMMENT ON COLUMN claims.params_hash IS
'identity: first eight hexadecimal digits of the SHA-256 of the parameters';
COMMENT ON COLUMN claims.track IS 'identity: model or system';
COMMENT ON COLUMN claims.simulated IS 'identity: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN claims.claim IS 'identity: id of the claim in assets/suites/claims.yaml';
COMMENT ON COLUMN claims.part IS 'identity: part of the claim''s pictures, e.g. en or fr';
COMMENT ON COLUMN claims.suite_major IS 'identity: major version of the suite that holds the prompts';
COMMENT ON COLUMN claims.threshold IS
'identity: share that the words of the claim stand for; NULL if no verdict is given';
COMMENT ON COLUMN claims.prompts IS 'identity: prompts whose pictures are counted, separated by commas';
COMMENT ON COLUMN claims.shows IS
'identity: what one picture must show, all of it: attribute=value, separated by commas';
COMMENT ON COLUMN claims.control_prompts IS 'identity: prompts of the control; NULL without one';
COMMENT ON COLUMN claims.window_weeks IS 'identity: calendar weeks whose pictures are pooled';
COMMENT ON COLUMN claims.weeks IS 'identity: of them, those in which the model was planned';
COMMENT ON COLUMN claims.planned IS 'identity: slots in the window; a conversation is one';
COMMENT ON COLUMN claims.pictures IS 'identity: slots that ended with a picture';
COMMENT ON COLUMN claims.refused IS 'identity: slots that ended with an answer and no picture';
COMMENT ON COLUMN claims.n IS 'identity: pictures in which all parts of the claim were assessed';
COMMENT ON COLUMN claims.k IS 'identity: of n, those that show all parts of the claim';
COMMENT ON COLUMN claims.undecided IS
'identity: pictures that show every part that was assessed, and in which not all were';
COMMENT ON COLUMN claims.beside_k IS
'identity: of n, those that show the values that are counted beside the claim; 0 if there are none';
COMMENT ON COLUMN claims.share IS 'identity: k / n; NULL if nothing was assessed';
COMMENT ON COLUMN claims.low IS 'identity: lower end of the 99 % Wilson interval of share';
COMMENT ON COLUMN claims.high IS 'identity: upper end of that interval';
COMMENT ON COLUMN claims.bound_low IS
'identity: share among all pictures if none that is not known shows the claim';
COMMENT ON COLUMN claims.bound_high IS
'identity: share among all pictures if every one that is undecided shows it';
COMMENT ON COLUMN claims.beside_share IS
'identity: beside_k / n; NULL if nothing is counted beside the claim';
COMMENT ON COLUMN claims.refused_share IS 'identity: refused / (pictures + refused)';
COMMENT ON COLUMN claims.control_k IS 'identity: k of the control; NULL without one';
COMMENT ON COLUMN claims.control_n IS 'identity: n of the control; NULL without one';
COMMENT ON COLUMN claims.control_share IS 'identity: control_k / control_n';
COMMENT ON COLUMN claims.corrected_share IS 'identity: share corrected with gold; NULL with corrected_reason';
COMMENT ON COLUMN claims.corrected_low IS 'identity: lower end of its 99 % interval';
COMMENT ON COLUMN claims.corrected_high IS 'identity: upper end of its 99 % interval';
COMMENT ON COLUMN claims.corrected_reason IS
'identity: why there is no corrected share; NULL if there is one';
COMMENT ON COLUMN claims.block_end IS
'identity: Monday of the last week of the latest complete block of four weeks; NULL before the first, or
without a threshold';
COMMENT ON COLUMN claims.verdict IS
'identity: as then, rare, less than half, weaker, still most, weaker, between, too few or not asked: of the
last block that decided, else of the latest; NULL with reason';
COMMENT ON COLUMN claims.words IS
'identity: verdict with what must be said beside it: whether the control shows it too, what was refused';
COMMENT ON COLUMN claims.reason IS 'identity: why there is no verdict; NULL if there is one';
