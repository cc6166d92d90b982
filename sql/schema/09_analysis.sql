-- What it makes: the analysis file: what is compared, and with what.
-- Grain: stated at each table. A comment above a table or behind a column is its COMMENT in the database.

-- One row for each board of an attribute: what it is compared with.
-- Grain: suite, suite_major, attribute, reference.
CREATE TABLE yardsticks (
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    reference VARCHAR NOT NULL  -- identity: reference of the suite
);

-- One row for each value that is declared a stereotype of a group of prompts.
-- Grain: suite, suite_major, attribute, value, subject.
CREATE TABLE stereotype_pairs (
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    value VARCHAR NOT NULL,  -- identity: value, or band, that is the stereotype
    subject VARCHAR NOT NULL,  -- identity: subject of the group's prompts, written kind:name
    statistic VARCHAR  -- identity: reference whose share the group's share is compared with; NULL: with 0
);

-- One row for each value of each declared combination of values of one picture.
-- Grain: suite, suite_major, combination, attribute.
CREATE TABLE combinations (
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite
    combination VARCHAR NOT NULL,  -- identity: name of the combination
    attribute VARCHAR NOT NULL,  -- identity: attribute of which it has a value
    value VARCHAR NOT NULL  -- identity: that value, or band
);

-- One row for each group of prompts that a statistic calls male-typed or female-typed.
-- Grain: suite, suite_major, attribute, reference, subject.
CREATE TABLE typed_subjects (
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite
    attribute VARCHAR NOT NULL,  -- identity: attribute that is looked for
    value VARCHAR NOT NULL,  -- identity: value whose share the statistic has
    reference VARCHAR NOT NULL,  -- identity: the statistic
    subject VARCHAR NOT NULL,  -- identity: subject of the group's prompts, written kind:name
    side VARCHAR NOT NULL  -- identity: male (a share of women of .4 or less) or female (.6 or more)
);

-- One row for each prompt with a control: a prompt that shows whether a finding is of its group alone.
-- Grain: suite, suite_major, prompt.
CREATE TABLE controls (
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite
    prompt VARCHAR NOT NULL,  -- identity: prompt, written suite/prompt
    control VARCHAR NOT NULL  -- identity: its control, written suite/prompt
);

-- One row for each share that a statistic expects of a prompt of a study.
-- Grain: study, attribute, reference, prompt, value.
CREATE TABLE study_references (
    study VARCHAR NOT NULL,  -- identity: name of the study
    attribute VARCHAR NOT NULL,  -- identity: attribute, as the study names it
    reference VARCHAR NOT NULL,  -- identity: the statistic
    prompt VARCHAR NOT NULL,  -- identity: prompt of the study
    value VARCHAR NOT NULL,  -- identity: value, as the study names it
    expected_share DOUBLE NOT NULL,  -- identity: expected share (0 to 1) of the value
    side VARCHAR  -- identity: male, female or neither, at the value whose share types the prompt; NULL at the
    -- other value
);
