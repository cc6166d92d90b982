-- What it makes: what is computed of a week when it is published.
-- Grain: stated at each table. A comment above a table or behind a column is its COMMENT in the database.

-- One row for each reason for which a model is not published in a week.
-- Grain: week, model, reason.
CREATE TABLE withheld (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- identity: name of the model entry
    reason VARCHAR NOT NULL  -- identity: why the model is withheld, in words for the reader
);

-- One row for each check of a publish.
-- Grain: week, model, check_name.
CREATE TABLE check_results (
    week DATE NOT NULL,  -- identity: Monday of the week in which the model was asked
    model VARCHAR,  -- identity: model that the failing rows name; NULL if the check concerns all
    check_name VARCHAR NOT NULL,  -- identity: table__rule
    severity VARCHAR NOT NULL,  -- identity: critical (withholds or stops) or warning
    status VARCHAR NOT NULL,  -- identity: pass, fail or error
    failing_rows INTEGER NOT NULL,  -- identity: number of rows that broke the rule
    message VARCHAR NOT NULL  -- identity: one line that says what is wrong
);
