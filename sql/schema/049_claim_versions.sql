-- What it makes: which versions of a suite the pictures behind a claim are of.
-- Grain: that of claim_counts and claims.

ALTER TABLE claim_counts ADD COLUMN suite_major INTEGER;
COMMENT ON COLUMN claim_counts.suite_major IS
'identity: major version of the suite that the model was asked in the week; NULL if it was not asked';

ALTER TABLE claims ADD COLUMN suite_majors VARCHAR;
COMMENT ON COLUMN claims.suite_majors IS
'identity: major versions of the suite whose pictures are counted, separated by commas; their texts are the
same';
COMMENT ON COLUMN claims.suite_major IS
'identity: major version of the suite that the model was asked last, up to the week; the newest before that';
