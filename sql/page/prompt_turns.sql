-- Answers: what is said to models in the later turns of a conversation, in some weeks?
-- Grain: one row for each prompt × turn × text, the most frequent first.
-- Columns: text is cut after 1,000 characters.
-- Weeks: own
-- Depends on: slots, attempts
SELECT
    s.prompt, s.turn,
    left(a.prompt_sent, 1000) AS text,
    count(*) AS times
FROM slots AS s
INNER JOIN attempts AS a USING (week, model, slot_key)
WHERE s.turn > 1 AND a.prompt_sent IS NOT NULL
GROUP BY s.prompt, s.turn, left(a.prompt_sent, 1000)
ORDER BY s.prompt ASC, s.turn ASC, times DESC, text ASC
