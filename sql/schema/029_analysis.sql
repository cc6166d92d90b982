-- What it makes: the tables of what the analysis file declares, valid for all weeks.
-- Grain: stated at each table. They are replaced together when the file changed.

CREATE TABLE yardsticks (
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    attribute VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    metric VARCHAR NOT NULL,
    better VARCHAR NOT NULL
);
COMMENT ON TABLE yardsticks IS
'One row for each board: what models are compared by.
Grain: suite, suite_major, attribute, reference.';
COMMENT ON COLUMN yardsticks.suite IS 'identity: suite without its version';
COMMENT ON COLUMN yardsticks.suite_major IS 'identity: major version of the suite';
COMMENT ON COLUMN yardsticks.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN yardsticks.reference IS
'identity: reference of the suite, or stereotypes: the declared pairs, against none of them';
COMMENT ON COLUMN yardsticks.metric IS 'identity: metric of the board: distance or stereotype_share';
COMMENT ON COLUMN yardsticks.better IS 'identity: lower or higher: which direction is better';

CREATE TABLE stereotype_pairs (
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    attribute VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    statistic VARCHAR
);
COMMENT ON TABLE stereotype_pairs IS
'One row for each value that is declared a stereotype of a group of prompts (metric stereotype_share).
Grain: suite, suite_major, attribute, value, subject.';
COMMENT ON COLUMN stereotype_pairs.suite IS 'identity: suite without its version';
COMMENT ON COLUMN stereotype_pairs.suite_major IS 'identity: major version of the suite';
COMMENT ON COLUMN stereotype_pairs.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN stereotype_pairs.value IS 'identity: value, or band, that is the stereotype';
COMMENT ON COLUMN stereotype_pairs.subject IS 'identity: subject of the group''s prompts, written kind:name';
COMMENT ON COLUMN stereotype_pairs.statistic IS
'identity: reference whose share the group''s share is compared with; NULL: with 0';

CREATE TABLE typed_subjects (
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    attribute VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    side VARCHAR NOT NULL
);
COMMENT ON TABLE typed_subjects IS
'One row for each group of prompts that a statistic calls male-typed or female-typed.
Grain: suite, suite_major, attribute, reference, subject.';
COMMENT ON COLUMN typed_subjects.suite IS 'identity: suite without its version';
COMMENT ON COLUMN typed_subjects.suite_major IS 'identity: major version of the suite';
COMMENT ON COLUMN typed_subjects.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN typed_subjects.value IS 'identity: value whose share the statistic has';
COMMENT ON COLUMN typed_subjects.reference IS 'identity: the statistic';
COMMENT ON COLUMN typed_subjects.subject IS 'identity: subject of the group''s prompts, written kind:name';
COMMENT ON COLUMN typed_subjects.side IS
'identity: male (a share of women of .4 or less) or female (.6 or more)';

CREATE TABLE combinations (
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    combination VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);
COMMENT ON TABLE combinations IS
'One row for each value of each declared combination of values of one picture.
Grain: suite, suite_major, combination, attribute.';
COMMENT ON COLUMN combinations.suite IS 'identity: suite without its version';
COMMENT ON COLUMN combinations.suite_major IS 'identity: major version of the suite';
COMMENT ON COLUMN combinations.combination IS 'identity: name of the combination';
COMMENT ON COLUMN combinations.attribute IS 'identity: attribute of which it has a value';
COMMENT ON COLUMN combinations.value IS 'identity: that value, or band';

CREATE TABLE controls (
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    prompt VARCHAR NOT NULL,
    control VARCHAR NOT NULL
);
COMMENT ON TABLE controls IS
'One row for each prompt with a control: a prompt that shows whether a finding is of its group alone.
Grain: suite, suite_major, prompt.';
COMMENT ON COLUMN controls.suite IS 'identity: suite without its version';
COMMENT ON COLUMN controls.suite_major IS 'identity: major version of the suite';
COMMENT ON COLUMN controls.prompt IS 'identity: prompt, written suite/prompt';
COMMENT ON COLUMN controls.control IS 'identity: its control, written suite/prompt';

CREATE TABLE study_references (
    study VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    reference VARCHAR NOT NULL,
    prompt VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    expected_share DOUBLE NOT NULL,
    side VARCHAR
);
COMMENT ON TABLE study_references IS
'One row for each share that a statistic expects of a prompt of a study.
Grain: study, attribute, reference, prompt, value.';
COMMENT ON COLUMN study_references.study IS 'identity: name of the study';
COMMENT ON COLUMN study_references.attribute IS 'identity: attribute, as the study names it';
COMMENT ON COLUMN study_references.reference IS 'identity: the statistic';
COMMENT ON COLUMN study_references.prompt IS 'identity: prompt of the study';
COMMENT ON COLUMN study_references.value IS 'identity: value, as the study names it';
COMMENT ON COLUMN study_references.expected_share IS 'identity: expected share (0 to 1) of the value';
COMMENT ON COLUMN study_references.side IS
'identity: male, female or neither, at the value whose share types the prompt; NULL at the other value';

CREATE TABLE analysis_state (
    sha256 VARCHAR NOT NULL
);
COMMENT ON TABLE analysis_state IS
'One row: the analysis file that these tables were filled from.
Grain: one row.';
COMMENT ON COLUMN analysis_state.sha256 IS 'run time: SHA-256 of the file';

COMMENT ON COLUMN scores.reference IS
'identity: reference that is compared with; stereotypes: declared pairs, against none; NULL if none is';
