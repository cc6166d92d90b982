-- What it makes: what intervals over prompts like these need, said where they stand.
-- Grain: that of the tables.

COMMENT ON COLUMN scores.prompts_low IS
'identity: lower end of the 95 % interval over prompts like these (low and high are of these prompts alone);
NULL for prompts of fewer than ten subjects and for figures that are no mean over prompts';
COMMENT ON COLUMN study_scores.prompts_low IS
'identity: lower end of the 95 % interval over prompts like these (low and high are of these prompts alone);
NULL for prompts of fewer than ten subjects and for figures that are no mean over prompts';
COMMENT ON COLUMN window_scores.prompts_low IS
'identity: lower end of the 95 % interval over prompts like these; NULL for prompts of fewer than ten subjects
and for figures that are no mean over prompts';
