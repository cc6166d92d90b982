-- What it makes: what is computed of a study.
-- Grain: stated at each table. A comment above a table or behind a column is its COMMENT in the database.

-- One row for each figure computed from a study.
-- Grain: study, model, condition, prompt, attribute, reference, labeler, labeler_version, metric, value_name.
CREATE TABLE study_scores (
    study VARCHAR NOT NULL,  -- identity: short name of the study
    model VARCHAR NOT NULL,  -- identity: name of the model within the study
    condition VARCHAR NOT NULL,  -- identity: baseline, controlled, confronted, or a condition of the study's
    -- own
    prompt VARCHAR,  -- identity: name of the prompt within the study; NULL for a figure over all prompts
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    reference VARCHAR,  -- identity: reference that is compared with; NULL if none is
    labeler VARCHAR NOT NULL,  -- identity: name of the labeler
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler
    metric VARCHAR NOT NULL,  -- identity: name of the metric (methodology)
    value_name VARCHAR,  -- identity: value that the figure is about; NULL if about none
    estimate DOUBLE,  -- identity: the figure; NULL where reason says why
    low DOUBLE,  -- identity: lower end of the 95 % interval; NULL if none
    high DOUBLE,  -- identity: upper end of the 95 % interval; NULL if none
    n INTEGER NOT NULL,  -- identity: number of pictures behind the figure
    cells INTEGER NOT NULL,  -- identity: number of cells that entered
    planned_cells INTEGER NOT NULL,  -- identity: number of cells that were planned
    reason VARCHAR,  -- identity: why there is no figure; NULL if there is one
    prompts_low DOUBLE,  -- identity: lower end of the 95 % interval over prompts like these (low and high are
    -- of these prompts alone); NULL for prompts of fewer than ten subjects and for figures that are no mean
    -- over prompts
    prompts_high DOUBLE  -- identity: upper end of that interval; NULL where prompts_low is
);

-- One row for each value of each prompt that was asked under two conditions: did its share change?
-- Of an attribute with two values the first stands for both. The baseline of a study is compared with each
-- other
-- condition. All tests of an attribute and labeler version are corrected together.
-- Grain: study, model, prompt, attribute, labeler, labeler_version, value, condition_b.
CREATE TABLE study_differences (
    study VARCHAR NOT NULL,  -- identity: short name of the study
    model VARCHAR NOT NULL,  -- identity: name of the model within the study
    prompt VARCHAR NOT NULL,  -- identity: name of the prompt within the study
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    labeler VARCHAR NOT NULL,  -- identity: name of the labeler
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler
    value VARCHAR NOT NULL,  -- identity: value whose share is compared, against all others
    condition_a VARCHAR NOT NULL,  -- identity: condition that is compared with
    condition_b VARCHAR NOT NULL,  -- identity: condition that is compared
    k_a INTEGER NOT NULL,  -- identity: number of pictures with the value, first condition
    n_a INTEGER NOT NULL,  -- identity: number of pictures with any value of the support, first condition
    k_b INTEGER NOT NULL,  -- identity: number of pictures with the value, second condition
    n_b INTEGER NOT NULL,  -- identity: number of pictures with any value of the support, second condition
    difference DOUBLE,  -- identity: k_b / n_b - k_a / n_a; NULL where reason says why
    chi_square_p DOUBLE,  -- identity: p-value as studies publish it: chi-square, one degree of freedom; NULL
    -- as difference
    fisher_p DOUBLE,  -- identity: p-value of Fisher's exact test, two-sided; NULL as difference
    tests INTEGER NOT NULL,  -- identity: number of tests corrected together: all that could be made of this
    -- attribute and labeler
    holm_p DOUBLE,  -- identity: fisher_p adjusted by Holm; up to 0.05, a false one among all has a chance of
    -- 5 % at most
    fdr_p DOUBLE,  -- identity: fisher_p adjusted by Benjamini and Hochberg; of those up to 0.05, 5 % are
    -- false on average
    survives BOOLEAN,  -- identity: whether holm_p is at most 0.05; NULL as difference
    reason VARCHAR  -- identity: why there is no test; NULL if there is one
);

-- One row for each pair of models of a study that are ranked together, compared on their common prompts.
-- Grain: study, condition, attribute, reference, labeler, labeler_version, model_a, model_b.
CREATE TABLE study_pairs (
    study VARCHAR NOT NULL,  -- identity: short name of the study
    condition VARCHAR NOT NULL,  -- identity: baseline, controlled, confronted, or a condition of the study's
    -- own
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    reference VARCHAR NOT NULL,  -- identity: reference that is compared with
    labeler VARCHAR NOT NULL,  -- identity: name of the labeler
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler
    model_a VARCHAR NOT NULL,  -- identity: the one of the two names that comes first
    model_b VARCHAR NOT NULL,  -- identity: the other
    cells INTEGER NOT NULL,  -- identity: number of prompts that both have two assessed pictures or more of
    estimate DOUBLE,  -- identity: distance2 of model_a minus that of model_b, over those prompts; NULL if
    -- there are none
    low DOUBLE,  -- identity: lower end of its 95 % interval
    high DOUBLE,  -- identity: upper end of its 95 % interval
    adjusted_low DOUBLE,  -- identity: lower end at the level of the last step of the test of all pairs of a
    -- table (Holm, 5 %)
    adjusted_high DOUBLE,  -- identity: upper end of that interval
    verdict VARCHAR NOT NULL,  -- identity: a is closer, b is closer, or not told apart: whether the adjusted
    -- interval leaves out 0
    unseen_share DOUBLE,  -- identity: part of the slots of common prompts that shows no value, of the one of
    -- the two that lacks more
    gamma DOUBLE,  -- identity: least factor by which odds of a value must be off among the unseen for them
    -- not to be told apart; NULL: none up to 100, not told apart, or 2 % or less unseen
    holds_at_bounds BOOLEAN,  -- identity: whether they are told apart whatever the unseen slots would have
    -- shown; NULL: not told apart, or 2 % or less unseen
    unseen_trend BOOLEAN  -- identity: as in model_pairs
);

-- One row for each model of a study under a condition: the range of its rank, or why it has none.
-- Grain: study, condition, attribute, reference, labeler, labeler_version, model.
CREATE TABLE study_ranks (
    study VARCHAR NOT NULL,  -- identity: short name of the study
    condition VARCHAR NOT NULL,  -- identity: baseline, controlled, confronted, or a condition of the study's
    -- own
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    reference VARCHAR NOT NULL,  -- identity: reference that is compared with
    labeler VARCHAR NOT NULL,  -- identity: name of the labeler
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler
    model VARCHAR NOT NULL,  -- identity: name of the model within the study
    rank_low INTEGER,  -- identity: 1 + the ranked models that are significantly closer to the reference; NULL
    -- if not ranked
    rank_high INTEGER,  -- identity: ranked_of - the ranked models that are significantly farther away; NULL
    -- if not ranked
    ranked_of INTEGER,  -- identity: number of models that are ranked; NULL if this one is not
    cells INTEGER NOT NULL,  -- identity: number of prompts of which 80 % of the slots, missing ones among
    -- them, were assessed, and four
    planned_cells INTEGER NOT NULL,  -- identity: number of prompts of the condition, by any model of the
    -- study; a rank needs cells of 90 % of them
    bound_low DOUBLE,  -- identity: least distance that the slots without a value leave possible; NULL if
    -- there are no prompts
    bound_high DOUBLE,  -- identity: largest distance that they leave possible; NULL likewise
    reason VARCHAR,  -- identity: why there is no rank; NULL if there is one
    gamma DOUBLE,  -- identity: smallest gamma of its pairs; NULL if none has one
    bound_rank_low INTEGER,  -- identity: rank_low if only pairs count that are told apart whatever the unseen
    -- slots would have shown; NULL: not ranked, or 2 % or less unseen in each pair
    bound_rank_high INTEGER,  -- identity: rank_high likewise
    unseen_value VARCHAR,  -- identity: as in ranks
    unseen_correlation DOUBLE,  -- identity: as in ranks
    unseen_p_value DOUBLE  -- identity: as in ranks
);

-- One row for each board of a study with ranked models and each other way to measure its figure: how many
-- pairs
-- turn. Grain: study, condition, attribute, reference, labeler, labeler_version, variant, other.
CREATE TABLE study_robustness (
    study VARCHAR NOT NULL,  -- identity: short name of the study
    condition VARCHAR NOT NULL,  -- identity: baseline, controlled, confronted, or a condition of the study's
    -- own
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    reference VARCHAR NOT NULL,  -- identity: reference that the board compares with
    labeler VARCHAR NOT NULL,  -- identity: name of the labeler
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler
    variant VARCHAR NOT NULL,  -- identity: mean_absolute (mean over prompts of ½ Σ|p - q|, not the root mean
    -- square), pooled (all prompts together, not one by one), one_prompt_left_out, or other_reference
    -- (another one, for the same pictures)
    other VARCHAR,  -- identity: the other reference; the prompt whose absence turns most pairs (NULL: none
    -- does); else NULL
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

-- One row for each change in a model's pictures of a study from its baseline to another condition.
-- Grain: study, model, kind, a, b, subject, attribute, reference, labeler, labeler_version, metric,
-- value_name.
CREATE TABLE study_effects (
    study VARCHAR NOT NULL,  -- identity: short name of the study
    model VARCHAR NOT NULL,  -- identity: name of the model within the study
    kind VARCHAR NOT NULL,  -- identity: controlled (b asks for diversity), confronted (b was told that it
    -- lacks) or wording (any other b)
    a VARCHAR NOT NULL,  -- identity: condition of the prompts that are changed
    b VARCHAR NOT NULL,  -- identity: condition that they are changed into
    subject VARCHAR,  -- identity: subject of the pair of prompts; NULL for the mean over all subjects
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    reference VARCHAR,  -- identity: reference that is compared with; NULL if none is
    labeler VARCHAR NOT NULL,  -- identity: name of the labeler
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler
    metric VARCHAR NOT NULL,  -- identity: share, controllability (distance2 where b is no request) or
    -- overcorrection (methodology)
    value_name VARCHAR,  -- identity: value that the figure is about; NULL if about none
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
    planned_cells INTEGER NOT NULL,  -- identity: number of pairs of prompts that the study has
    reason VARCHAR,  -- identity: why there is no figure; NULL if there is one
    unseen_share DOUBLE,  -- identity: of share: part of the slots of the pairs that entered that shows no
    -- value, of the side that lacks more; NULL: no figure, or another metric
    tipping_share DOUBLE  -- identity: part of the unseen slots that must speak against the change as strongly
    -- as any can (those of the side with the larger share never show the value, those of the other always
    -- do), the others showing what the seen ones show, for the interval to reach 0; NULL: all would not do,
    -- the interval holds 0, 2 % or less unseen, or unseen_share is NULL
);
