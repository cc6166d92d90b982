-- What it makes: how labeler and people err, estimated together; and how often people err beside label_error.
-- Grain: stated at the table. Publishing replaces a week as a whole.

CREATE TABLE error_rates (
    week DATE NOT NULL,
    model VARCHAR NOT NULL,
    suite VARCHAR NOT NULL,
    suite_major INTEGER NOT NULL,
    attribute VARCHAR NOT NULL,
    who VARCHAR NOT NULL,
    said VARCHAR,
    shown VARCHAR,
    rate DOUBLE NOT NULL
);

COMMENT ON TABLE error_rates IS
'One row for each value read or said and each value shown: the likeliest rates, given what the labeler read
and what people said of the same pictures. Label error and corrected figures rest on them.
Grain: week, model, suite, suite_major, attribute, who, said, shown.';
COMMENT ON COLUMN error_rates.week IS
'identity: Monday of the week; gold of the eight weeks through it counts';
COMMENT ON COLUMN error_rates.model IS 'identity: name of the model entry';
COMMENT ON COLUMN error_rates.suite IS 'identity: suite without its version';
COMMENT ON COLUMN error_rates.suite_major IS
'identity: major version of the suite; a new one starts new series';
COMMENT ON COLUMN error_rates.attribute IS 'identity: attribute';
COMMENT ON COLUMN error_rates.who IS 'identity: labeler or people';
COMMENT ON COLUMN error_rates.said IS
'identity: value read or said; NULL is all that is no value of the support (cannot tell, not applicable)';
COMMENT ON COLUMN error_rates.shown IS 'identity: value that the pictures show; NULL as in said';
COMMENT ON COLUMN error_rates.rate IS
'identity: labeler: share of all pictures of the weeks of gold that it reads so and that show so; people:
share of their answers about pictures that show so';

ALTER TABLE label_error ADD COLUMN doubles INTEGER;
ALTER TABLE label_error ADD COLUMN rater_error DOUBLE;
ALTER TABLE label_error ADD COLUMN rater_low DOUBLE;
ALTER TABLE label_error ADD COLUMN rater_high DOUBLE;
ALTER TABLE label_error ADD COLUMN splits INTEGER;
ALTER TABLE label_error ADD COLUMN lone INTEGER;
ALTER TABLE label_error ADD COLUMN lone_expected DOUBLE;
ALTER TABLE label_error ADD COLUMN shared_p DOUBLE;

COMMENT ON COLUMN label_error.doubles IS 'identity: number of rated pictures that two people or more rated';
COMMENT ON COLUMN label_error.rater_error IS
'identity: share of people''s answers that name another value than is shown; NULL if it is not known';
COMMENT ON COLUMN label_error.rater_low IS 'identity: lower end of its 95 % interval; NULL if none';
COMMENT ON COLUMN label_error.rater_high IS
'identity: upper end of its 95 % interval; NULL if none. Above 0.08 nothing is corrected';
COMMENT ON COLUMN label_error.splits IS
'identity: number of pictures of which one of three people says another value, read as either value';
COMMENT ON COLUMN label_error.lone IS 'identity: number of them that the labeler reads as the one says';
COMMENT ON COLUMN label_error.lone_expected IS
'identity: how many it would read so if people and labeler erred independently; NULL without such pictures';
COMMENT ON COLUMN label_error.shared_p IS
'identity: chance of as many or more if they did; NULL without such pictures. Below 0.05 nothing is
corrected';
