-- What it makes: what a study's figures can be trusted to say: which differences are more than chance.
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
