-- Answers: how was each slot answered, the later turns of a conversation together?
-- Grain: slot; of a conversation its first turn, and the later ones together; without turns not needed.
-- Columns: keys of the cell; outcome_group and pictures (of a conversation those of its picture, else of its
--   last turn; 2 pictures where both later turns have one).
-- Depends on: slot_outcomes
-- Uses: slot_answers
WITH found AS (
    SELECT
        week, model, suite, suite_version, prompt, turn, outcome_group, pictures
    FROM told
)

SELECT
    week, model, suite, suite_version, prompt, turn, outcome_group, pictures
FROM found
