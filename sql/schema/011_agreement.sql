-- What it makes: agreement between labelers and with people; what is needed to compare their values.
-- Grain: stated at each table. What was loaded before is loaded anew, for the new columns.

ALTER TABLE attribute_values ADD COLUMN ordinal BOOLEAN;
COMMENT ON COLUMN attribute_values.ordinal IS
'identity: true if the values have an order that counts in agreement; NULL if not stated';

ALTER TABLE study_attribute_values ADD COLUMN ordinal BOOLEAN;
ALTER TABLE study_attribute_values ADD COLUMN same_attribute VARCHAR;
ALTER TABLE study_attribute_values ADD COLUMN same_value VARCHAR;
COMMENT ON COLUMN study_attribute_values.ordinal IS
'identity: true if the values have an order that counts in agreement; NULL if not stated';
COMMENT ON COLUMN study_attribute_values.same_attribute IS
'identity: attribute of this project that the study''s is compared with in agreement; NULL if none is';
COMMENT ON COLUMN study_attribute_values.same_value IS
'identity: value of that attribute that means the same; NULL if none does';

DELETE FROM loads;
DELETE FROM study_loads;

CREATE TABLE agreement (
    scope VARCHAR NOT NULL,
    week DATE,
    study VARCHAR,
    attribute VARCHAR NOT NULL,
    labeler_a VARCHAR NOT NULL,
    labeler_a_version VARCHAR,
    labeler_b VARCHAR NOT NULL,
    labeler_b_version VARCHAR,
    model VARCHAR,
    skin_tone_band VARCHAR,
    pictures INTEGER NOT NULL,
    n INTEGER NOT NULL,
    agreed INTEGER NOT NULL,
    both_assessed_share DOUBLE,
    alpha DOUBLE,
    alpha_low DOUBLE,
    alpha_high DOUBLE,
    alpha_method VARCHAR NOT NULL,
    kappa DOUBLE,
    kappa_low DOUBLE,
    kappa_high DOUBLE,
    kappa_method VARCHAR NOT NULL,
    reason VARCHAR
);

COMMENT ON TABLE agreement IS
'One row for each comparison of two labelers, or of a labeler with people, or of people with each other.
Values outside the support (ambiguous, cannot_tell, not_applicable, invalid) are not assessed and not compared.
Grain: scope, week, study, attribute, labeler_a, labeler_a_version, labeler_b, labeler_b_version, model,
skin_tone_band.';
COMMENT ON COLUMN agreement.scope IS
'identity: week (pictures of a live week), gold (gold pictures of the eight weeks that end with it) or study';
COMMENT ON COLUMN agreement.week IS 'identity: Monday of the week; NULL for a study';
COMMENT ON COLUMN agreement.study IS 'identity: short name of the study; NULL if it is none';
COMMENT ON COLUMN agreement.attribute IS
'identity: attribute, in this project''s words where a study states it';
COMMENT ON COLUMN agreement.labeler_a IS 'identity: name of the labeler, or people';
COMMENT ON COLUMN agreement.labeler_a_version IS 'identity: version of the labeler; NULL for people';
COMMENT ON COLUMN agreement.labeler_b IS 'identity: name of the other labeler, or people';
COMMENT ON COLUMN agreement.labeler_b_version IS 'identity: version of the other labeler; NULL for people';
COMMENT ON COLUMN agreement.model IS 'identity: model whose pictures are compared; NULL for all';
COMMENT ON COLUMN agreement.skin_tone_band IS
'identity: band of skin tone as people, else labeler_a, read the pictures; NULL for all';
COMMENT ON COLUMN agreement.pictures IS 'identity: number of pictures that both labelled, whatever they said';
COMMENT ON COLUMN agreement.n IS
'identity: number of pictures of which both gave a value of the support; all figures are of these';
COMMENT ON COLUMN agreement.agreed IS 'identity: number of those of which both gave the same value';
COMMENT ON COLUMN agreement.both_assessed_share IS 'identity: n / pictures; NULL if there are none';
COMMENT ON COLUMN agreement.alpha IS 'identity: Krippendorff''s alpha; NULL where reason says why';
COMMENT ON COLUMN agreement.alpha_low IS 'identity: lower end of its 95 % interval; NULL if none';
COMMENT ON COLUMN agreement.alpha_high IS 'identity: upper end of its 95 % interval; NULL if none';
COMMENT ON COLUMN agreement.alpha_method IS 'identity: level of the values, and how the interval is made';
COMMENT ON COLUMN agreement.kappa IS
'identity: Cohen''s kappa; NULL where alpha is, and for more than two people together';
COMMENT ON COLUMN agreement.kappa_low IS 'identity: lower end of its 95 % interval; NULL if none';
COMMENT ON COLUMN agreement.kappa_high IS 'identity: upper end of its 95 % interval; NULL if none';
COMMENT ON COLUMN agreement.kappa_method IS 'identity: weights, and how the interval is made';
COMMENT ON COLUMN agreement.reason IS 'identity: why there is no alpha; NULL if there is one';
