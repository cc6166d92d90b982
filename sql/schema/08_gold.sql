-- What it makes: what people said of random pictures, as loaded from the bucket, and what that says of
--   labelers.
-- Grain: stated at each table. A comment above a table or behind a column is its COMMENT in the database.

-- One row for each picture of each gold set: a random sample of a week, by strata, that people look at.
-- Grain: gold_set, slot_key.
CREATE TABLE gold_samples (
    gold_set VARCHAR NOT NULL,  -- identity: name of the gold set
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    slot_key VARCHAR NOT NULL,  -- identity: key of the slot, 64 hexadecimal digits
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; a new one starts new series
    prompt VARCHAR NOT NULL,  -- identity: prompt, written suite/prompt
    turn INTEGER NOT NULL,  -- identity: turn of the conversation, from 1; 1 for an ordinary prompt
    image_sha256 VARCHAR NOT NULL,  -- identity: SHA-256 of the picture's bytes
    stratified_by VARCHAR NOT NULL,  -- identity: attribute whose predicted values are the strata
    stratum VARCHAR NOT NULL,  -- identity: stratum of the picture, written model/suite@major/predicted value
    predicted VARCHAR NOT NULL,  -- identity: value that the labeler read when the sample was drawn;
    -- not_assessed if it had read none
    labeler VARCHAR NOT NULL,  -- identity: labeler that the plan names, whose values are the strata
    labeler_version VARCHAR,  -- identity: version of the labeler; NULL if it had labelled nothing of the
    -- model
    stratum_pictures INTEGER NOT NULL,  -- identity: number of pictures of the stratum
    stratum_sampled INTEGER NOT NULL,  -- identity: number of pictures that were drawn of the stratum
    inclusion_probability DOUBLE NOT NULL,  -- identity: chance that the picture had of being drawn:
    -- stratum_sampled / stratum_pictures
    seed BIGINT NOT NULL,  -- identity: seed of the draw: of a stratum those pictures with the lowest
    -- sha256(seed/slot_key)
    raters VARCHAR NOT NULL,  -- identity: pseudonyms of the raters who were given the picture, separated by
    -- commas
    simulated BOOLEAN NOT NULL  -- identity: true if the picture is drawn by a simulated model
);

-- One row for each stratum of each gold set and each attribute that applies to pictures of it.
-- Grain: gold_set, stratum, attribute.
CREATE TABLE gold_strata (
    gold_set VARCHAR NOT NULL,  -- identity: name of the gold set
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; a new one starts new series
    stratified_by VARCHAR NOT NULL,  -- identity: attribute whose predicted values are the strata
    stratum VARCHAR NOT NULL,  -- identity: stratum, written model/suite@major/predicted value
    predicted VARCHAR NOT NULL,  -- identity: value that the labeler read when the sample was drawn;
    -- not_assessed if it had read none
    labeler VARCHAR NOT NULL,  -- identity: labeler that the plan names, whose values are the strata
    labeler_version VARCHAR,  -- identity: version of the labeler; NULL if it had labelled nothing of the
    -- model
    attribute VARCHAR NOT NULL,  -- identity: attribute that people are asked about
    pictures INTEGER NOT NULL,  -- identity: number of pictures of the stratum that the attribute applies to
    sampled INTEGER NOT NULL,  -- identity: number of them that were drawn
    suite_pictures INTEGER NOT NULL  -- identity: pictures of the model and suite that the attribute applies
    -- to, in a stratum or not
);

-- One row for each answer of a person about a picture of a gold set.
-- Labels describe how depictions are perceived; the people do not exist.
-- Grain: gold_set, slot_key, attribute, rater.
CREATE TABLE gold_labels (
    gold_set VARCHAR NOT NULL,  -- identity: name of the gold set
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    slot_key VARCHAR NOT NULL,  -- identity: key of the slot, 64 hexadecimal digits
    image_sha256 VARCHAR NOT NULL,  -- identity: SHA-256 of the picture that was looked at
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; a new one starts new series
    prompt VARCHAR NOT NULL,  -- identity: prompt, written suite/prompt
    stratum VARCHAR NOT NULL,  -- identity: stratum of the picture, written model/suite@major/predicted value
    predicted VARCHAR NOT NULL,  -- identity: value that the labeler read of the stratifying attribute when
    -- the sample was drawn
    inclusion_probability DOUBLE NOT NULL,  -- identity: chance that the picture had of being drawn; its
    -- inverse is its weight
    attribute VARCHAR NOT NULL,  -- identity: attribute that was asked about
    rater VARCHAR NOT NULL,  -- identity: pseudonym of the person; adjudicator settles what two said
    value VARCHAR NOT NULL,  -- identity: declared value that the person chose
    imported_at TIMESTAMP  -- run time: when the answer was taken in (UTC)
);

-- One row for each comparison of two labelers, or of a labeler with people, or of people with each other.
-- Values outside the support (ambiguous, cannot_tell, not_applicable, invalid) are not assessed and not
-- compared;
-- what a study declares as answers is.
-- Grain: scope, week, study, attribute, labeler_a, labeler_a_version, labeler_b, labeler_b_version, model,
-- skin_tone_band.
CREATE TABLE agreement (
    scope VARCHAR NOT NULL,  -- identity: week (pictures of a live week), gold (gold pictures of the eight
    -- weeks that end with it) or study
    week DATE,  -- identity: Monday of the week; NULL for a study
    study VARCHAR,  -- identity: short name of the study; NULL if it is none
    attribute VARCHAR NOT NULL,  -- identity: attribute, in this project's words where a study states it
    labeler_a VARCHAR NOT NULL,  -- identity: name of the labeler, or people
    labeler_a_version VARCHAR,  -- identity: version of the labeler; NULL for people
    labeler_b VARCHAR NOT NULL,  -- identity: name of the other labeler, or people
    labeler_b_version VARCHAR,  -- identity: version of the other labeler; NULL for people
    model VARCHAR,  -- identity: model whose pictures are compared; NULL for all
    skin_tone_band VARCHAR,  -- identity: band of skin tone as people, else labeler_a, read the pictures; NULL
    -- for all
    pictures INTEGER NOT NULL,  -- identity: number of pictures that both labelled, whatever they said
    n INTEGER NOT NULL,  -- identity: number of pictures of which both gave a value that counts; all figures
    -- are of these
    agreed INTEGER NOT NULL,  -- identity: number of those of which both gave the same value
    both_assessed_share DOUBLE,  -- identity: n / pictures; NULL if there are none
    alpha DOUBLE,  -- identity: Krippendorff's alpha; NULL where reason says why
    alpha_low DOUBLE,  -- identity: lower end of its 95 % interval; NULL if none
    alpha_high DOUBLE,  -- identity: upper end of its 95 % interval; NULL if none
    alpha_method VARCHAR NOT NULL,  -- identity: level of the values, and how the interval is made
    kappa DOUBLE,  -- identity: Cohen's kappa; NULL where alpha is, and for more than two people together
    kappa_low DOUBLE,  -- identity: lower end of its 95 % interval; NULL if none
    kappa_high DOUBLE,  -- identity: upper end of its 95 % interval; NULL if none
    kappa_method VARCHAR NOT NULL,  -- identity: weights, and how the interval is made
    reason VARCHAR  -- identity: why there is no alpha; NULL if there is one
);

-- One row for each model, suite and attribute that gold of the eight weeks through the week tells of: how
-- often
-- its labels are wrong, and whether they are wrong in another way than those of the other models.
-- Grain: week, model, suite, suite_major, attribute.
CREATE TABLE label_error (
    week DATE NOT NULL,  -- identity: Monday of the week whose labeler version is judged
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    track VARCHAR NOT NULL,  -- identity: model or system; the two are not compared
    simulated BOOLEAN NOT NULL,  -- identity: true if the pictures are drawn by a simulated model; not
    -- compared with real ones
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; a new one starts new series
    attribute VARCHAR NOT NULL,  -- identity: attribute
    scale VARCHAR NOT NULL,  -- identity: values or bands
    labeler VARCHAR NOT NULL,  -- identity: labeler that the plan names
    labeler_version VARCHAR NOT NULL,  -- identity: its version that is scored in the week
    gold_n INTEGER NOT NULL,  -- identity: number of pictures that people rated and that are used
    gold_weeks INTEGER NOT NULL,  -- identity: number of weeks that they are of
    n INTEGER NOT NULL,  -- identity: number of them that both people and the labeler assessed (an answer by
    -- two counts half each)
    error_rate DOUBLE,  -- identity: share of pictures read as another value than people see, among those that
    -- both can assess
    low DOUBLE,  -- identity: lower end of its 95 % interval; NULL if none
    high DOUBLE,  -- identity: upper end of its 95 % interval; NULL if none
    reason VARCHAR,  -- identity: why there is no error rate; NULL if there is one
    value_name VARCHAR,  -- identity: value that is read most surely otherwise than in the other models'
    -- pictures; NULL if not tested
    sensitivity DOUBLE,  -- identity: how often it is read where people see it, in this model's pictures; NULL
    -- if not tested
    others_sensitivity DOUBLE,  -- identity: the same in the pictures of the other models; NULL if not tested
    p_value DOUBLE,  -- identity: of equal sensitivities, adjusted after Holm for models and values; NULL if
    -- not tested
    differs BOOLEAN,  -- identity: p_value below 0.05; NULL if not tested
    test_reason VARCHAR,  -- identity: why it was not tested; NULL if it was
    doubles INTEGER,  -- identity: number of rated pictures of which two people or more named a value of the
    -- support
    rater_error DOUBLE,  -- identity: share of people's answers that name another value than is shown; NULL if
    -- it is not known
    rater_low DOUBLE,  -- identity: lower end of its 95 % interval; NULL if none
    rater_high DOUBLE,  -- identity: upper end of its 95 % interval; NULL if none. Above 0.08 nothing is
    -- corrected
    splits INTEGER,  -- identity: number of pictures of which one of three people says another value, read as
    -- either value
    lone INTEGER,  -- identity: number of them that the labeler reads as the one says
    lone_expected DOUBLE,  -- identity: how many it would read so if people and labeler erred independently;
    -- NULL without such pictures
    shared_p DOUBLE  -- identity: chance of as many or more if they did; NULL without such pictures. Below
    -- 0.05 nothing is corrected
);

-- One row for each value read or said and each value shown: the likeliest rates, given what the labeler read
-- and what people said of the same pictures. Label error and corrected figures rest on them.
-- Grain: week, model, suite, suite_major, attribute, who, said, shown.
CREATE TABLE error_rates (
    week DATE NOT NULL,  -- identity: Monday of the week; gold of the eight weeks through it counts
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; a new one starts new series
    attribute VARCHAR NOT NULL,  -- identity: attribute
    who VARCHAR NOT NULL,  -- identity: labeler or people
    said VARCHAR,  -- identity: value read or said; NULL is all that is no value of the support (cannot tell,
    -- not applicable)
    shown VARCHAR,  -- identity: value that the pictures show; NULL as in said
    rate DOUBLE NOT NULL  -- identity: labeler: share of all pictures of the weeks of gold that it reads so
    -- and that show so; people: share of their answers about pictures that show so
);
