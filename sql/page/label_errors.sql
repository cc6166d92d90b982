-- Answers: how often are labels wrong in a week, of what people have read again?
-- Grain: one row for each model × suite × attribute with a row of label_error.
-- Columns: gold_n pictures that people read; error_rate with its interval, NULL where reason says why;
--   rater_error with the upper end of its interval: how often people are wrong, NULL if that is not known.
-- Depends on: label_error
SELECT
    model, suite, suite_major, attribute, gold_n, error_rate, low, high, reason, rater_error, rater_high
FROM label_error
WHERE week = cast($week AS DATE)
ORDER BY model, suite, suite_major, attribute
