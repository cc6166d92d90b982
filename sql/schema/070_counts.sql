-- What it makes: the facts that every figure follows from: whole numbers of pictures and answers.
-- Grain: stated at each table. Of week and study exactly one is set. Rows are written when their partition
-- or study is loaded; of combinations and claims again when what is declared of them changes.

CREATE TABLE joint_values (
    joint VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    attribute VARCHAR NOT NULL,
    value VARCHAR NOT NULL
);

COMMENT ON TABLE joint_values IS
'One row for each value that one picture may show of an attribute, for a combination or a claim of several
attributes.
Grain: joint, suite, suite_major, attribute, value.';
COMMENT ON COLUMN joint_values.joint IS 'identity: id of the combination or claim';
COMMENT ON COLUMN joint_values.suite IS 'identity: suite without its version';
COMMENT ON COLUMN joint_values.suite_major IS 'identity: major version of the suite';
COMMENT ON COLUMN joint_values.attribute IS
'identity: attribute of which the picture must show one of the values';
COMMENT ON COLUMN joint_values.value IS 'identity: value or band';

CREATE TABLE counts (
    week DATE,
    study VARCHAR,
    model VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    turn INTEGER NOT NULL,
    suite_version VARCHAR NOT NULL,
    prompt VARCHAR NOT NULL,
    attribute VARCHAR NOT NULL,
    labeler VARCHAR NOT NULL,
    labeler_version VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    pictures INTEGER NOT NULL CHECK (pictures > 0)
);

COMMENT ON TABLE counts IS
'One row for each value that pictures of a prompt were read as, by each labeler that read any: how many.
There are no zeros; the values of one attribute and labeler add up to the pictures of the prompt.
Grain: week, study, model, suite, suite_major, condition, turn, prompt, attribute, labeler,
labeler_version, value.';
COMMENT ON COLUMN counts.week IS 'identity: Monday of the week in which the model was asked; NULL of a study';
COMMENT ON COLUMN counts.study IS 'identity: name of the study; NULL of a week';
COMMENT ON COLUMN counts.model IS 'identity: name of the model entry, or of the study''s model';
COMMENT ON COLUMN counts.suite IS 'identity: suite without its version; of a study its name';
COMMENT ON COLUMN counts.suite_major IS 'identity: major version of the suite; 1 of a study';
COMMENT ON COLUMN counts.condition IS 'identity: condition of the prompt';
COMMENT ON COLUMN counts.turn IS
'identity: 1, or 2 for what came after a confrontation: the one picture of its later turns';
COMMENT ON COLUMN counts.suite_version IS 'identity: full version of the suite; empty of a study';
COMMENT ON COLUMN counts.prompt IS 'identity: prompt';
COMMENT ON COLUMN counts.attribute IS
'identity: attribute that was read, or all:<id> of a combination or claim that one picture shows';
COMMENT ON COLUMN counts.labeler IS 'identity: who read';
COMMENT ON COLUMN counts.labeler_version IS
'identity: version of the labeler; empty where the labeler that the plan names read nothing';
COMMENT ON COLUMN counts.value IS
'identity: declared value, invalid (an answer outside the list) or not_assessed (no label); of all:<id>
shown, other (one part contradicts it) or open (no part contradicts it, and one was not read as a value
that counts)';
COMMENT ON COLUMN counts.pictures IS 'identity: number of pictures';

CREATE TABLE answers (
    week DATE,
    study VARCHAR,
    model VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    turn INTEGER NOT NULL,
    suite_version VARCHAR NOT NULL,
    prompt VARCHAR NOT NULL,
    planned INTEGER NOT NULL CHECK (planned = pictures + refused + failed + not_asked),
    pictures INTEGER NOT NULL,
    refused INTEGER NOT NULL,
    failed INTEGER NOT NULL,
    not_asked INTEGER NOT NULL
);

COMMENT ON TABLE answers IS
'One row for each prompt that was planned: how its answers ended. A later turn that had no reason to be
asked is not planned.
Grain: week, study, model, suite, suite_major, condition, turn, prompt.';
COMMENT ON COLUMN answers.week IS
'identity: Monday of the week in which the model was asked; NULL of a study';
COMMENT ON COLUMN answers.study IS 'identity: name of the study; NULL of a week';
COMMENT ON COLUMN answers.model IS 'identity: name of the model entry, or of the study''s model';
COMMENT ON COLUMN answers.suite IS 'identity: suite without its version; of a study its name';
COMMENT ON COLUMN answers.suite_major IS 'identity: major version of the suite; 1 of a study';
COMMENT ON COLUMN answers.condition IS 'identity: condition of the prompt';
COMMENT ON COLUMN answers.turn IS
'identity: 1, or 2 for all later turns of a conversation, which count as one';
COMMENT ON COLUMN answers.suite_version IS 'identity: full version of the suite; empty of a study';
COMMENT ON COLUMN answers.prompt IS 'identity: prompt';
COMMENT ON COLUMN answers.planned IS 'identity: number of answers planned: the sum of the next four';
COMMENT ON COLUMN answers.pictures IS
'identity: number of pictures; of a study, of answers with a picture or a label';
COMMENT ON COLUMN answers.refused IS 'identity: number of the model''s own answers without a picture';
COMMENT ON COLUMN answers.failed IS
'identity: number that ended with an error, with a damaged picture, or with an answer that was lost';
COMMENT ON COLUMN answers.not_asked IS
'identity: number that was not asked; of a study, of slots without a picture and a label';

CREATE TABLE draws (
    week DATE,
    study VARCHAR,
    model VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    condition VARCHAR NOT NULL,
    turn INTEGER NOT NULL,
    prompt VARCHAR NOT NULL,
    calls INTEGER NOT NULL,
    pictures INTEGER NOT NULL,
    squares INTEGER NOT NULL
);

COMMENT ON TABLE draws IS
'One row for each prompt of which one call, job or seed drew two pictures or more: those are not
independent.
Grain: week, study, model, suite, suite_major, condition, turn, prompt.';
COMMENT ON COLUMN draws.week IS 'identity: Monday of the week in which the model was asked; NULL of a study';
COMMENT ON COLUMN draws.study IS 'identity: name of the study; NULL of a week';
COMMENT ON COLUMN draws.model IS 'identity: name of the model entry, or of the study''s model';
COMMENT ON COLUMN draws.suite IS 'identity: suite without its version';
COMMENT ON COLUMN draws.suite_major IS 'identity: major version of the suite';
COMMENT ON COLUMN draws.condition IS 'identity: condition of the prompt';
COMMENT ON COLUMN draws.turn IS 'identity: 1, or 2 for the later turns of a conversation';
COMMENT ON COLUMN draws.prompt IS 'identity: prompt';
COMMENT ON COLUMN draws.calls IS 'identity: number of calls, jobs or seeds that drew the pictures';
COMMENT ON COLUMN draws.pictures IS 'identity: number of pictures';
COMMENT ON COLUMN draws.squares IS
'identity: sum over calls of the square of their pictures; squares / pictures count as one (Kish 1965)';
