-- What it makes: what imported studies say of themselves: which file a picture came as, which values that are
--   no share count in agreement, and which condition the others are compared with.
-- Grain: stated at each table. Studies are loaded again, for what the bucket holds of the new columns.

ALTER TABLE study_slots ADD COLUMN original_sha256 VARCHAR;
COMMENT ON COLUMN study_slots.original_sha256 IS
'identity: SHA-256 of the file before names were taken out of it; NULL if there is none, or not stated';
COMMENT ON COLUMN study_slots.status IS
'identity: present, missing, or unpublished (the study has labels alone: none is missing)';

ALTER TABLE study_attribute_values ADD COLUMN in_agreement BOOLEAN;
COMMENT ON COLUMN study_attribute_values.in_agreement IS
'identity: true if the value counts in agreement, as an answer may that is no share; NULL: as in_support';

ALTER TABLE studies ADD COLUMN baseline VARCHAR;
COMMENT ON COLUMN studies.baseline IS
'identity: condition that the others are compared with; NULL if not stated (baseline, if it has one)';

COMMENT ON TABLE study_differences IS
'One row for each value of each prompt that was asked under two conditions: did its share change?
Of an attribute with two values the first stands for both. The baseline of a study is compared with each other
condition. All tests of an attribute and labeler version are corrected together.
Grain: study, model, prompt, attribute, labeler, labeler_version, value, condition_b.';
COMMENT ON COLUMN study_prompts.condition IS
'identity: baseline, controlled, confronted, or a condition of the study''s own';
COMMENT ON COLUMN study_slots.condition IS
'identity: baseline, controlled, confronted, or a condition of the study''s own';
COMMENT ON COLUMN study_scores.condition IS
'identity: baseline, controlled, confronted, or a condition of the study''s own';
COMMENT ON COLUMN study_pairs.condition IS
'identity: baseline, controlled, confronted, or a condition of the study''s own';
COMMENT ON COLUMN study_ranks.condition IS
'identity: baseline, controlled, confronted, or a condition of the study''s own';
COMMENT ON TABLE agreement IS
'One row for each comparison of two labelers, or of a labeler with people, or of people with each other.
Values outside the support (ambiguous, cannot_tell, not_applicable, invalid) are not assessed and not compared;
what a study declares as answers is.
Grain: scope, week, study, attribute, labeler_a, labeler_a_version, labeler_b, labeler_b_version, model,
skin_tone_band.';
COMMENT ON COLUMN agreement.n IS
'identity: number of pictures of which both gave a value that counts; all figures are of these';

DELETE FROM study_loads;
