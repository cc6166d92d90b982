-- What it makes: what published studies say beyond named values: numbers, and facts about their prompts.
-- Grain: stated at the tables. Studies that were loaded before are loaded again, for the new columns.

ALTER TABLE study_labels ADD COLUMN number DOUBLE;
COMMENT ON COLUMN study_labels.number IS
'identity: the label as a number, where the attribute is numeric; NULL otherwise. Never counted in a share';
COMMENT ON COLUMN study_labels.value IS
'identity: declared value, or the number as text, or invalid for an answer outside the list';

ALTER TABLE study_prompts ADD COLUMN facts VARCHAR;
COMMENT ON COLUMN study_prompts.facts IS
'identity: what else the study says of the prompt, as a JSON object; NULL if nothing';

DELETE FROM study_loads;
