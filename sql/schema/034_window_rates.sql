-- What it makes: room for windows of rates and of declared combinations, which are of no one attribute.
-- Grain: that of the table.

ALTER TABLE window_scores ALTER COLUMN attribute DROP NOT NULL;
ALTER TABLE window_scores ALTER COLUMN scale DROP NOT NULL;
COMMENT ON COLUMN window_scores.attribute IS
'identity: attribute; NULL for rates of answers and for declared combinations';
COMMENT ON COLUMN window_scores.scale IS
'identity: values or bands; NULL for rates of answers and for declared combinations';
COMMENT ON COLUMN window_scores.labeler_version IS
'identity: version of the labeler; pictures that another one read are not in the window; NULL for rates of
answers';
COMMENT ON COLUMN window_scores.n IS 'identity: number of pictures or answers behind the figure';
COMMENT ON COLUMN window_scores.cells IS
'identity: number of prompts that entered: those with five assessed pictures in the window; of rates those
with any';
COMMENT ON COLUMN window_scores.settling IS
'identity: true if a change of the attribute was opened in the last four weeks; of a rate of answers: of the
share of refusals; of a combination: of one of its attributes';
