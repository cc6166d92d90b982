-- What it makes: prompts are those of whole suites; what was loaded before is loaded anew.
-- Grain: as before.

COMMENT ON TABLE prompts IS
'One row for each prompt of each suite that a partition planned, those without a slot (not asked) included.
Grain: week, model, suite, suite_major, prompt.';
COMMENT ON TABLE prompt_attributes IS
'One row for each attribute that is looked for in the pictures of a prompt (table prompts).
Grain: week, model, suite, suite_major, prompt, attribute.';

DELETE FROM loads;
