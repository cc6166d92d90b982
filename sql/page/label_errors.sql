-- Answers: how often are labels wrong in a week, of what people have read again?
-- Grain: one row for each model × suite × attribute with a row of label_error about all values.
-- Columns: gold_n pictures that people read; error_rate with its interval, NULL if too few.
-- Depends on: label_error
SELECT
    model, suite, suite_major, attribute, gold_n, error_rate, low, high
FROM label_error
WHERE week = cast($week AS DATE) AND value_name IS NULL
ORDER BY model, suite, suite_major, attribute
