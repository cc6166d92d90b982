-- What it makes: whether the order of a study's models holds where the figure is measured in another way.
-- Grain: stated at the table. It is replaced with the study.

CREATE TABLE study_robustness (
    study VARCHAR NOT NULL,
    condition VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    variant VARCHAR NOT NULL,
    other VARCHAR,
    ranked INTEGER NOT NULL,
    pairs INTEGER NOT NULL,
    turned INTEGER NOT NULL,
    told_apart INTEGER NOT NULL,
    told_apart_turned INTEGER NOT NULL,
    verdict VARCHAR NOT NULL
);

COMMENT ON TABLE study_robustness IS
'One row for each board of a study with ranked models and each other way to measure its figure: how many pairs
turn. Grain: study, condition, attribute, reference, labeler, labeler_version, variant, other.';
COMMENT ON COLUMN study_robustness.study IS 'identity: short name of the study';
COMMENT ON COLUMN study_robustness.condition IS
'identity: baseline, controlled, confronted, or a condition of the study''s own';
COMMENT ON COLUMN study_robustness.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN study_robustness.reference IS 'identity: reference that the board compares with';
COMMENT ON COLUMN study_robustness.labeler IS 'identity: name of the labeler';
COMMENT ON COLUMN study_robustness.labeler_version IS 'identity: version of the labeler';
COMMENT ON COLUMN study_robustness.variant IS
'identity: mean_absolute (mean over prompts of ½ Σ|p - q|, not the root mean square), pooled (all prompts
together, not one by one), one_prompt_left_out, or other_reference (another one, for the same pictures)';
COMMENT ON COLUMN study_robustness.other IS
'identity: the other reference; the prompt whose absence turns most pairs (NULL: none does); else NULL';
COMMENT ON COLUMN study_robustness.ranked IS 'identity: number of models that are ranked on the board';
COMMENT ON COLUMN study_robustness.pairs IS
'identity: pairs of them that can be compared this way, on the prompts that both have';
COMMENT ON COLUMN study_robustness.turned IS
'identity: of pairs, those whose order is the opposite this way';
COMMENT ON COLUMN study_robustness.told_apart IS 'identity: of pairs, those that the board tells apart';
COMMENT ON COLUMN study_robustness.told_apart_turned IS
'identity: of told_apart, those whose order is the opposite this way';
COMMENT ON COLUMN study_robustness.verdict IS
'identity: holds (no pair that is told apart turns), turned, or nothing is told apart';
