-- What it makes: what the warehouse keeps of its own state; not published.
-- Grain: stated at each table. A comment above a table or behind a column is its COMMENT in the database.

-- One row for each loaded partition.
-- Grain: week, model.
CREATE TABLE loads (
    week DATE NOT NULL,  -- run time: Monday of the week in which the model was asked
    model VARCHAR NOT NULL,  -- run time: name of the model entry
    fingerprint VARCHAR NOT NULL,  -- run time: digest of the names of the objects that were loaded
    manifest VARCHAR  -- run time: key of the manifest that was loaded; NULL if there was none
);

-- One row for each loaded study.
-- Grain: study.
CREATE TABLE study_loads (
    study VARCHAR NOT NULL,  -- run time: short name of the study
    fingerprint VARCHAR NOT NULL  -- run time: digest of the names of the objects that were loaded
);

-- One row for each week whose anchor labels are loaded, and one without a week for the sets themselves.
-- Grain: week.
CREATE TABLE anchor_loads (
    week DATE,  -- run time: Monday of the week; empty for the list of pictures
    fingerprint VARCHAR NOT NULL  -- run time: digest of the names of the objects that were loaded
);

-- One row for each loaded gold set.
-- Grain: gold_set.
CREATE TABLE gold_loads (
    gold_set VARCHAR NOT NULL,  -- run time: name of the gold set
    fingerprint VARCHAR NOT NULL  -- run time: digest of the names of the objects that were loaded
);

-- One row: the analysis file that these tables were filled from.
-- Grain: one row.
CREATE TABLE analysis_state (
    sha256 VARCHAR NOT NULL  -- run time: SHA-256 of the file
);

-- One row for each week whose labels are compared and whose rows are checked.
-- Grain: week.
CREATE TABLE scored_weeks (
    week DATE NOT NULL,  -- run time: Monday of the week
    inputs VARCHAR NOT NULL  -- run time: digest of loads and code
);

-- One row for each week that the tables over all weeks were computed from.
-- Grain: week.
CREATE TABLE history_weeks (
    week DATE NOT NULL,  -- run time: Monday of the week
    inputs VARCHAR NOT NULL  -- run time: digest of what its figures were computed from and of who is withheld
);

-- One row for each table and week whose rows were hashed and did not change since.
-- Grain: table_name, week.
CREATE TABLE week_hashes (
    table_name VARCHAR NOT NULL,  -- run time: name of the table
    week DATE,  -- run time: Monday of the week; NULL for rows without a week
    rows BIGINT NOT NULL,  -- run time: number of rows
    table_hash VARCHAR NOT NULL,  -- run time: hash of the identity columns of those rows
    content_sha256 VARCHAR NOT NULL  -- run time: hash of all their published columns
);

-- The one row that says which texts this database was made by.
-- Grain: one row.
CREATE TABLE schema_hash (
    tables_sha256 VARCHAR NOT NULL,  -- run time: SHA-256 of the files of sql/schema
    views_sha256 VARCHAR NOT NULL  -- run time: SHA-256 of the files of sql/marts, and of the views as DuckDB
    -- holds them
);
