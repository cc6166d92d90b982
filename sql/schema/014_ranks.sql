-- What it makes: which models of a board can be told apart in a week, and the ranks that follow.
-- Grain: stated at each table. Publishing replaces a week as a whole.

CREATE TABLE model_pairs (
    week DATE NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    model_a VARCHAR NOT NULL,
    model_b VARCHAR NOT NULL,
    cells INTEGER NOT NULL,
    estimate DOUBLE NOT NULL,
    low DOUBLE NOT NULL,
    high DOUBLE NOT NULL,
    adjusted_low DOUBLE NOT NULL,
    adjusted_high DOUBLE NOT NULL,
    verdict VARCHAR NOT NULL
);

COMMENT ON TABLE model_pairs IS
'One row for each pair of models that are ranked on one board, compared on their common cells.
Grain: week, track, simulated, suite, suite_major, condition, attribute, reference, scale, model_a, model_b.';
COMMENT ON COLUMN model_pairs.week IS 'identity: Monday of the week in which the models were asked';
COMMENT ON COLUMN model_pairs.track IS 'identity: model or system';
COMMENT ON COLUMN model_pairs.simulated IS
'identity: true if both are simulated models; they never stand beside real ones';
COMMENT ON COLUMN model_pairs.suite IS 'identity: suite without its version';
COMMENT ON COLUMN model_pairs.suite_major IS 'identity: major version of the suite';
COMMENT ON COLUMN model_pairs.condition IS 'identity: baseline, controlled or confronted';
COMMENT ON COLUMN model_pairs.attribute IS 'identity: attribute';
COMMENT ON COLUMN model_pairs.reference IS 'identity: reference that is compared with';
COMMENT ON COLUMN model_pairs.scale IS 'identity: values or bands';
COMMENT ON COLUMN model_pairs.model_a IS 'identity: the one of the two names that comes first';
COMMENT ON COLUMN model_pairs.model_b IS 'identity: the other';
COMMENT ON COLUMN model_pairs.cells IS
'identity: number of prompts that both have two assessed pictures or more of';
COMMENT ON COLUMN model_pairs.estimate IS
'identity: distance2 of model_a minus that of model_b, over those prompts; below 0 if model_a is closer';
COMMENT ON COLUMN model_pairs.low IS 'identity: lower end of its 95 % interval';
COMMENT ON COLUMN model_pairs.high IS 'identity: upper end of its 95 % interval';
COMMENT ON COLUMN model_pairs.adjusted_low IS
'identity: lower end of the interval that holds for all pairs of the board together with 95 % (Bonferroni)';
COMMENT ON COLUMN model_pairs.adjusted_high IS 'identity: upper end of that interval';
COMMENT ON COLUMN model_pairs.verdict IS
'identity: a is closer, b is closer, or not told apart: whether the adjusted interval leaves out 0';

CREATE TABLE ranks (
    week DATE NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    model VARCHAR NOT NULL,
    rank_low INTEGER,
    rank_high INTEGER,
    ranked_of INTEGER,
    cells INTEGER NOT NULL,
    planned_cells INTEGER NOT NULL,
    covered_share DOUBLE,
    bound_low DOUBLE,
    bound_high DOUBLE,
    reason VARCHAR
);

COMMENT ON TABLE ranks IS
'One row for each model of a board: the range of its rank, or why it has none.
Whether its labels can be relied on is asked last, in the view leaderboard.
Grain: week, track, simulated, suite, suite_major, condition, attribute, reference, scale, model.';
COMMENT ON COLUMN ranks.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN ranks.track IS 'identity: model or system';
COMMENT ON COLUMN ranks.simulated IS
'identity: true if the pictures are drawn by simulated models, which are ranked among themselves alone';
COMMENT ON COLUMN ranks.suite IS 'identity: suite without its version';
COMMENT ON COLUMN ranks.suite_major IS 'identity: major version of the suite';
COMMENT ON COLUMN ranks.condition IS 'identity: baseline, controlled or confronted';
COMMENT ON COLUMN ranks.attribute IS 'identity: attribute';
COMMENT ON COLUMN ranks.reference IS 'identity: reference that is compared with';
COMMENT ON COLUMN ranks.scale IS 'identity: values or bands';
COMMENT ON COLUMN ranks.model IS 'identity: name of the model entry';
COMMENT ON COLUMN ranks.rank_low IS
'identity: 1 + the ranked models that are significantly closer to the reference; NULL if not ranked';
COMMENT ON COLUMN ranks.rank_high IS
'identity: ranked_of - the ranked models that are significantly farther away; NULL if not ranked';
COMMENT ON COLUMN ranks.ranked_of IS 'identity: number of models that are ranked; NULL if this one is not';
COMMENT ON COLUMN ranks.cells IS
'identity: number of prompts of which 80 % of the answers, refusals among them, were assessed, and four';
COMMENT ON COLUMN ranks.planned_cells IS
'identity: number of prompts of the suite, by any model of the board, that the reference has a row for';
COMMENT ON COLUMN ranks.covered_share IS
'identity: cells / planned_cells; a rank needs 0.9; NULL if there are none';
COMMENT ON COLUMN ranks.bound_low IS
'identity: least distance that the unseen answers leave possible; NULL if withheld or without a reference';
COMMENT ON COLUMN ranks.bound_high IS 'identity: largest distance that they leave possible; NULL likewise';
COMMENT ON COLUMN ranks.reason IS 'identity: why there is no rank; NULL if there is one';
