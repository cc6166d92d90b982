-- Answers: which slots were planned for some weeks?
-- Grain: slot.
-- Columns: slot, a hash that stands for the slot in metrics/ends; cell, one that stands for the cell in
--   metrics/asked; turn; conversation.
-- Depends on: slots
SELECT
    hash(week, model, slot_key) AS slot,
    hash(week, model, suite, suite_version, prompt, least(turn, 2)) AS cell,
    turn, conversation
FROM slots
WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
