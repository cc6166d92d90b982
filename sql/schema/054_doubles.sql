-- What it makes: which pictures count as doubles, said where they stand.
-- Grain: that of the table.

COMMENT ON COLUMN label_error.doubles IS
'identity: number of rated pictures of which two people or more named a value of the support';
