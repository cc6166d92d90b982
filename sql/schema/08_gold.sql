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
