-- What it makes: hashes of the rows of each table and week, so that publishing reads only weeks that changed.
-- Grain: stated at the table. Whatever changes rows of a table and week deletes its row here in that
-- transaction.

CREATE TABLE week_hashes (
    table_name VARCHAR NOT NULL,
    week DATE,
    rows BIGINT NOT NULL,
    table_hash VARCHAR NOT NULL,
    content_sha256 VARCHAR NOT NULL
);

COMMENT ON TABLE week_hashes IS
'One row for each table and week whose rows were hashed and did not change since.
Grain: table_name, week.';
COMMENT ON COLUMN week_hashes.table_name IS 'run time: name of the table';
COMMENT ON COLUMN week_hashes.week IS 'run time: Monday of the week; NULL for rows without a week';
COMMENT ON COLUMN week_hashes.rows IS 'run time: number of rows';
COMMENT ON COLUMN week_hashes.table_hash IS 'run time: hash of the identity columns of those rows';
COMMENT ON COLUMN week_hashes.content_sha256 IS 'run time: hash of all their published columns';
