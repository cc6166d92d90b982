-- What it makes: the interval over prompts like these; which values are stereotypes of whom, of each plan.
-- Grain: stated at each table. What was loaded before is loaded anew, for the new table.

ALTER TABLE scores ADD COLUMN prompts_low DOUBLE;
ALTER TABLE scores ADD COLUMN prompts_high DOUBLE;
COMMENT ON COLUMN scores.prompts_low IS
'identity: lower end of the 95 % interval over prompts like these (low and high are of these prompts alone);
NULL for fewer than ten prompts and for figures that are no mean over prompts';
COMMENT ON COLUMN scores.prompts_high IS 'identity: upper end of that interval; NULL where prompts_low is';

ALTER TABLE study_scores ADD COLUMN prompts_low DOUBLE;
ALTER TABLE study_scores ADD COLUMN prompts_high DOUBLE;
COMMENT ON COLUMN study_scores.prompts_low IS
'identity: lower end of the 95 % interval over prompts like these (low and high are of these prompts alone);
NULL for fewer than ten prompts and for figures that are no mean over prompts';
COMMENT ON COLUMN study_scores.prompts_high IS
'identity: upper end of that interval; NULL where prompts_low is';

CREATE TABLE stereotypes (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    attribute VARCHAR NOT NULL,
    value VARCHAR NOT NULL,
    subject VARCHAR NOT NULL,
    metric VARCHAR NOT NULL
);

COMMENT ON TABLE stereotypes IS
'One row for each value that a suite declares a stereotype of a group of its prompts.
Grain: week, model, suite, suite_major, attribute, value, subject, metric.';
COMMENT ON COLUMN stereotypes.week IS 'identity: Monday of the week in which the model was asked';
COMMENT ON COLUMN stereotypes.model IS 'identity: name of the model entry';
COMMENT ON COLUMN stereotypes.suite IS 'identity: suite without its version';
COMMENT ON COLUMN stereotypes.suite_major IS
'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN stereotypes.attribute IS 'identity: attribute that is looked for';
COMMENT ON COLUMN stereotypes.value IS 'identity: declared value that is the stereotype';
COMMENT ON COLUMN stereotypes.subject IS
'identity: subject of the prompts that it is a stereotype of, written kind:name';
COMMENT ON COLUMN stereotypes.metric IS
'identity: metric that it counts in: stereotype_lift or caricature_rate';

DELETE FROM loads;
