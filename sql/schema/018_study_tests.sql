-- What it makes: what a study's figures can be trusted to say: which differences are more than chance, and
--   which models can be told apart.
-- Grain: stated at each table. Computed again with the study's scores.

CREATE TABLE study_differences (
    study VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    prompt VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    condition_a VARCHAR NOT NULL,
    condition_b VARCHAR NOT NULL,
    k_a INTEGER NOT NULL,
    n_a INTEGER NOT NULL,
    k_b INTEGER NOT NULL,
    n_b INTEGER NOT NULL,
    difference DOUBLE,
    chi_square_p DOUBLE,
    fisher_p DOUBLE,
    tests INTEGER NOT NULL,
    holm_p DOUBLE,
    fdr_p DOUBLE,
    survives BOOLEAN,
    reason VARCHAR
);

COMMENT ON TABLE study_differences IS
'One row for each value of each prompt that was asked under two conditions: did its share change?
Of an attribute with two values the first stands for both. The first condition of a study (baseline, if it
has one) is compared with each other one. All tests of an attribute and labeler version are corrected together.
Grain: study, model, prompt, attribute, labeler, labeler_version, value, condition_b.';
COMMENT ON COLUMN study_differences.study IS 'identity: short name of the study';
COMMENT ON COLUMN study_differences.model IS 'identity: name of the model within the study';
COMMENT ON COLUMN study_differences.prompt IS 'identity: name of the prompt within the study';
COMMENT ON COLUMN study_differences.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN study_differences.labeler IS 'identity: name of the labeler';
COMMENT ON COLUMN study_differences.labeler_version IS 'identity: version of the labeler';
COMMENT ON COLUMN study_differences.value IS 'identity: value whose share is compared, against all others';
COMMENT ON COLUMN study_differences.condition_a IS 'identity: condition that is compared with';
COMMENT ON COLUMN study_differences.condition_b IS 'identity: condition that is compared';
COMMENT ON COLUMN study_differences.k_a IS 'identity: number of pictures with the value, first condition';
COMMENT ON COLUMN study_differences.n_a IS
'identity: number of pictures with any value of the support, first condition';
COMMENT ON COLUMN study_differences.k_b IS 'identity: number of pictures with the value, second condition';
COMMENT ON COLUMN study_differences.n_b IS
'identity: number of pictures with any value of the support, second condition';
COMMENT ON COLUMN study_differences.difference IS
'identity: k_b / n_b - k_a / n_a; NULL where reason says why';
COMMENT ON COLUMN study_differences.chi_square_p IS
'identity: p-value as studies publish it: chi-square, one degree of freedom; NULL as difference';
COMMENT ON COLUMN study_differences.fisher_p IS
'identity: p-value of Fisher''s exact test, two-sided; NULL as difference';
COMMENT ON COLUMN study_differences.tests IS
'identity: number of tests corrected together: all that could be made of this attribute and labeler';
COMMENT ON COLUMN study_differences.holm_p IS
'identity: fisher_p adjusted by Holm; up to 0.05, a false one among all has a chance of 5 % at most';
COMMENT ON COLUMN study_differences.fdr_p IS
'identity: fisher_p adjusted by Benjamini and Hochberg; of those up to 0.05, 5 % are false on average';
COMMENT ON COLUMN study_differences.survives IS
'identity: whether holm_p is at most 0.05; NULL as difference';
COMMENT ON COLUMN study_differences.reason IS 'identity: why there is no test; NULL if there is one';

CREATE TABLE study_pairs (
    study VARCHAR NOT NULL,
    condition VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    model_a VARCHAR NOT NULL,
    model_b VARCHAR NOT NULL,
    cells INTEGER NOT NULL,
    estimate DOUBLE,
    low DOUBLE,
    high DOUBLE,
    adjusted_low DOUBLE,
    adjusted_high DOUBLE,
    verdict VARCHAR NOT NULL
);

COMMENT ON TABLE study_pairs IS
'One row for each pair of models of a study that are ranked together, compared on their common prompts.
Grain: study, condition, attribute, reference, labeler, labeler_version, model_a, model_b.';
COMMENT ON COLUMN study_pairs.study IS 'identity: short name of the study';
COMMENT ON COLUMN study_pairs.condition IS 'identity: baseline, controlled or confronted';
COMMENT ON COLUMN study_pairs.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN study_pairs.reference IS 'identity: reference that is compared with';
COMMENT ON COLUMN study_pairs.labeler IS 'identity: name of the labeler';
COMMENT ON COLUMN study_pairs.labeler_version IS 'identity: version of the labeler';
COMMENT ON COLUMN study_pairs.model_a IS 'identity: the one of the two names that comes first';
COMMENT ON COLUMN study_pairs.model_b IS 'identity: the other';
COMMENT ON COLUMN study_pairs.cells IS
'identity: number of prompts that both have two assessed pictures or more of';
COMMENT ON COLUMN study_pairs.estimate IS
'identity: distance2 of model_a minus that of model_b, over those prompts; NULL if there are none';
COMMENT ON COLUMN study_pairs.low IS 'identity: lower end of its 95 % interval';
COMMENT ON COLUMN study_pairs.high IS 'identity: upper end of its 95 % interval';
COMMENT ON COLUMN study_pairs.adjusted_low IS
'identity: lower end of the interval that holds for all pairs of the table together with 95 % (Bonferroni)';
COMMENT ON COLUMN study_pairs.adjusted_high IS 'identity: upper end of that interval';
COMMENT ON COLUMN study_pairs.verdict IS
'identity: a is closer, b is closer, or not told apart: whether the adjusted interval leaves out 0';

CREATE TABLE study_ranks (
    study VARCHAR NOT NULL,
    condition VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    rank_low INTEGER,
    rank_high INTEGER,
    ranked_of INTEGER,
    cells INTEGER NOT NULL,
    planned_cells INTEGER NOT NULL,
    bound_low DOUBLE,
    bound_high DOUBLE,
    reason VARCHAR
);

COMMENT ON TABLE study_ranks IS
'One row for each model of a study under a condition: the range of its rank, or why it has none.
Grain: study, condition, attribute, reference, labeler, labeler_version, model.';
COMMENT ON COLUMN study_ranks.study IS 'identity: short name of the study';
COMMENT ON COLUMN study_ranks.condition IS 'identity: baseline, controlled or confronted';
COMMENT ON COLUMN study_ranks.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN study_ranks.reference IS 'identity: reference that is compared with';
COMMENT ON COLUMN study_ranks.labeler IS 'identity: name of the labeler';
COMMENT ON COLUMN study_ranks.labeler_version IS 'identity: version of the labeler';
COMMENT ON COLUMN study_ranks.model IS 'identity: name of the model within the study';
COMMENT ON COLUMN study_ranks.rank_low IS
'identity: 1 + the ranked models that are significantly closer to the reference; NULL if not ranked';
COMMENT ON COLUMN study_ranks.rank_high IS
'identity: ranked_of - the ranked models that are significantly farther away; NULL if not ranked';
COMMENT ON COLUMN study_ranks.ranked_of IS
'identity: number of models that are ranked; NULL if this one is not';
COMMENT ON COLUMN study_ranks.cells IS
'identity: number of prompts of which 80 % of the slots, missing ones among them, were assessed, and four';
COMMENT ON COLUMN study_ranks.planned_cells IS
'identity: number of prompts of the condition, by any model of the study; a rank needs cells of 90 % of them';
COMMENT ON COLUMN study_ranks.bound_low IS
'identity: least distance that the slots without a value leave possible; NULL if there are no prompts';
COMMENT ON COLUMN study_ranks.bound_high IS
'identity: largest distance that they leave possible; NULL likewise';
COMMENT ON COLUMN study_ranks.reason IS 'identity: why there is no rank; NULL if there is one';
