-- What it makes: whether the order of each board holds where its figure is measured in another way.
-- Grain: stated at the table. Publishing replaces a week as a whole.

CREATE TABLE rank_robustness (
    week DATE NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    variant VARCHAR NOT NULL,
    other VARCHAR,
    ranked INTEGER NOT NULL,
    pairs INTEGER NOT NULL,
    turned INTEGER NOT NULL,
    told_apart INTEGER NOT NULL,
    told_apart_turned INTEGER NOT NULL,
    verdict VARCHAR NOT NULL
);

COMMENT ON TABLE rank_robustness IS
'One row for each board with ranked models and each other way to measure its figure: how many pairs turn.
Grain: week, track, simulated, suite, suite_major, condition, attribute, reference, scale, variant, other.';
COMMENT ON COLUMN rank_robustness.week IS 'identity: Monday of the week in which the models were asked';
COMMENT ON COLUMN rank_robustness.track IS 'identity: model or system';
COMMENT ON COLUMN rank_robustness.simulated IS
'identity: true if the models are simulated; they never stand beside real ones';
COMMENT ON COLUMN rank_robustness.suite IS 'identity: suite without its version';
COMMENT ON COLUMN rank_robustness.suite_major IS 'identity: major version of the suite';
COMMENT ON COLUMN rank_robustness.condition IS 'identity: baseline, controlled or confronted';
COMMENT ON COLUMN rank_robustness.attribute IS 'identity: attribute';
COMMENT ON COLUMN rank_robustness.reference IS 'identity: reference that the board compares with';
COMMENT ON COLUMN rank_robustness.scale IS 'identity: values or bands';
COMMENT ON COLUMN rank_robustness.variant IS
'identity: mean_absolute (mean over prompts of ½ Σ|p - q|, not the root mean square), pooled (all prompts
together, not one by one), one_prompt_left_out, or other_reference (another one, for the same pictures)';
COMMENT ON COLUMN rank_robustness.other IS
'identity: the other reference; the prompt whose absence turns most pairs (NULL: none does); else NULL';
COMMENT ON COLUMN rank_robustness.ranked IS 'identity: number of models that are ranked on the board';
COMMENT ON COLUMN rank_robustness.pairs IS
'identity: pairs of them that can be compared this way, on the prompts that both have';
COMMENT ON COLUMN rank_robustness.turned IS
'identity: of pairs, those whose order is the opposite this way';
COMMENT ON COLUMN rank_robustness.told_apart IS 'identity: of pairs, those that the board tells apart';
COMMENT ON COLUMN rank_robustness.told_apart_turned IS
'identity: of told_apart, those whose order is the opposite this way';
COMMENT ON COLUMN rank_robustness.verdict IS
'identity: holds (no pair that is told apart turns), turned, or nothing is told apart';
