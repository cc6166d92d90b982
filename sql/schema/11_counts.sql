-- What it makes: the facts that every figure follows from: whole numbers of pictures and answers.
-- Grain: stated at each table. Of week and study exactly one is set. Rows are written when their partition
-- or study is loaded; of combinations and claims again when what is declared of them changes.

-- One row for each value that one picture may show of an attribute, for a combination or a claim of several
-- attributes.
-- Grain: joint, suite, suite_major, attribute, value.
CREATE TABLE joint_values (
    joint VARCHAR NOT NULL,  -- identity: id of the combination or claim
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite
    attribute VARCHAR NOT NULL,  -- identity: attribute of which the picture must show one of the values
    value VARCHAR NOT NULL  -- identity: value or band
);

-- One row for each value that pictures of a prompt were read as, by each labeler that read any: how many.
-- There are no zeros; the values of one attribute and labeler add up to the pictures of the prompt.
-- Grain: week, study, model, suite, suite_major, condition, turn, prompt, attribute, labeler,
-- labeler_version, value.
CREATE TABLE counts (
    week DATE,  -- identity: Monday of the week in which the model was asked; NULL of a study
    study VARCHAR,  -- identity: name of the study; NULL of a week
    model VARCHAR NOT NULL,  -- identity: name of the model entry, or of the study's model
    suite VARCHAR NOT NULL,  -- identity: suite without its version; of a study its name
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; 1 of a study
    condition VARCHAR NOT NULL,  -- identity: condition of the prompt
    turn INTEGER NOT NULL,  -- identity: 1, or 2 for what came after a confrontation: the one picture of
    -- its later turns
    suite_version VARCHAR NOT NULL,  -- identity: full version of the suite; empty of a study
    prompt VARCHAR NOT NULL,  -- identity: prompt
    attribute VARCHAR NOT NULL,  -- identity: attribute that was read, or all:<id> of a combination or
    -- claim that one picture shows
    labeler VARCHAR NOT NULL,  -- identity: who read
    labeler_version VARCHAR NOT NULL,  -- identity: version of the labeler; empty where the labeler that
    -- the plan names read nothing
    value VARCHAR NOT NULL,  -- identity: declared value, invalid (an answer outside the list) or
    -- not_assessed (no label); of all:<id> shown, other (one part contradicts it) or open (no part
    -- contradicts it, and one was not read as a value that counts)
    pictures INTEGER NOT NULL CHECK (pictures > 0)  -- identity: number of pictures
);

-- One row for each prompt that was planned: how its answers ended. A later turn that had no reason to be
-- asked is not planned.
-- Grain: week, study, model, suite, suite_major, condition, turn, prompt.
CREATE TABLE answers (
    week DATE,  -- identity: Monday of the week in which the model was asked; NULL of a study
    study VARCHAR,  -- identity: name of the study; NULL of a week
    model VARCHAR NOT NULL,  -- identity: name of the model entry, or of the study's model
    suite VARCHAR NOT NULL,  -- identity: suite without its version; of a study its name
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite; 1 of a study
    condition VARCHAR NOT NULL,  -- identity: condition of the prompt
    turn INTEGER NOT NULL,  -- identity: 1, or 2 for all later turns of a conversation, which count as one
    suite_version VARCHAR NOT NULL,  -- identity: full version of the suite; empty of a study
    prompt VARCHAR NOT NULL,  -- identity: prompt
    planned INTEGER NOT NULL CHECK (planned = pictures + refused + failed + not_asked),  -- identity:
    -- number of answers planned: the sum of the next four
    pictures INTEGER NOT NULL,  -- identity: number of pictures; of a study, of answers with a picture or
    -- a label
    refused INTEGER NOT NULL,  -- identity: number of the model's own answers without a picture
    failed INTEGER NOT NULL,  -- identity: number that ended with an error, with a damaged picture, or
    -- with an answer that was lost
    not_asked INTEGER NOT NULL  -- identity: number that was not asked; of a study, of slots without a
    -- picture and a label
);

-- One row for each prompt of which one call, job or seed drew two pictures or more: those are not
-- independent.
-- Grain: week, study, model, suite, suite_major, condition, turn, prompt.
CREATE TABLE draws (
    week DATE,  -- identity: Monday of the week in which the model was asked; NULL of a study
    study VARCHAR,  -- identity: name of the study; NULL of a week
    model VARCHAR NOT NULL,  -- identity: name of the model entry, or of the study's model
    suite VARCHAR NOT NULL,  -- identity: suite without its version
    suite_major INTEGER NOT NULL,  -- identity: major version of the suite
    condition VARCHAR NOT NULL,  -- identity: condition of the prompt
    turn INTEGER NOT NULL,  -- identity: 1, or 2 for the later turns of a conversation
    prompt VARCHAR NOT NULL,  -- identity: prompt
    calls INTEGER NOT NULL,  -- identity: number of calls, jobs or seeds that drew the pictures
    pictures INTEGER NOT NULL,  -- identity: number of pictures
    squares INTEGER NOT NULL  -- identity: sum over calls of the square of their pictures; squares /
    -- pictures count as one (Kish 1965)
);
