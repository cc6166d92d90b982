-- What it makes: how much pictures that were drawn together count.
-- Grain: stated at the table. It is computed for each week that is published.

CREATE TABLE design_effects (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    series VARCHAR NOT NULL,
    params_hash VARCHAR NOT NULL,
    track VARCHAR NOT NULL,
    simulated BOOLEAN NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    prompt VARCHAR,
    turn INTEGER NOT NULL,
    attribute VARCHAR NOT NULL,
    scale VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    first_week DATE NOT NULL,
    weeks INTEGER NOT NULL,
    n INTEGER NOT NULL,
    clusters INTEGER NOT NULL,
    freedom INTEGER NOT NULL,
    correlation DOUBLE NOT NULL,
    design_effect DOUBLE NOT NULL
);

COMMENT ON TABLE design_effects IS
'One row for each suite and attribute of a model in which pictures of the window were drawn together, and for
each of its prompts. Figures of windows count their pictures divided by the design effect.
Grain: week, model, suite, suite_major, condition, prompt, turn, attribute.';
COMMENT ON COLUMN design_effects.week IS 'identity: Monday of the week with which the window ends';
COMMENT ON COLUMN design_effects.model IS 'identity: name of the model entry';
COMMENT ON COLUMN design_effects.series IS 'identity: name of the series';
COMMENT ON COLUMN design_effects.params_hash IS 'identity: hash of the parameters';
COMMENT ON COLUMN design_effects.track IS 'identity: model or system';
COMMENT ON COLUMN design_effects.simulated IS
'identity: true if the pictures are drawn by a simulated model';
COMMENT ON COLUMN design_effects.suite IS 'identity: suite without its version';
COMMENT ON COLUMN design_effects.suite_major IS 'identity: major version of the suite';
COMMENT ON COLUMN design_effects.condition IS 'identity: baseline, controlled or confronted';
COMMENT ON COLUMN design_effects.prompt IS 'identity: prompt, written suite/prompt; NULL: the whole suite';
COMMENT ON COLUMN design_effects.turn IS 'identity: 1, or 2 for what came after a confrontation';
COMMENT ON COLUMN design_effects.attribute IS 'identity: attribute';
COMMENT ON COLUMN design_effects.scale IS 'identity: values or bands';
COMMENT ON COLUMN design_effects.labeler_version IS 'identity: version of the labeler';
COMMENT ON COLUMN design_effects.first_week IS 'identity: Monday of the first week of the window';
COMMENT ON COLUMN design_effects.weeks IS 'identity: weeks of the window with assessed pictures';
COMMENT ON COLUMN design_effects.n IS 'identity: assessed pictures of the window';
COMMENT ON COLUMN design_effects.clusters IS
'identity: of how many jobs, calls or seeds they are; a picture without one is its own';
COMMENT ON COLUMN design_effects.freedom IS
'identity: degrees of freedom between clusters, of the suite: clusters less prompts';
COMMENT ON COLUMN design_effects.correlation IS
'identity: intra-cluster correlation of the suite, 0 to 1; below ten degrees of freedom, and where all
pictures of each prompt show the same, it is not measured and taken as 1';
COMMENT ON COLUMN design_effects.design_effect IS
'identity: how many pictures count as one: 1 + (m - 1) times the correlation, m the mean number of pictures
in the cluster of a picture';
