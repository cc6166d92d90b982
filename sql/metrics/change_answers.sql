-- Answers: how did the answers to a suite's prompts end, by week?
-- Grain: model, suite, suite_major, condition, turn, prompt.
-- Columns: those; at: weeks since the first; refused and pictures: of each of them.
-- Depends on: answers
SELECT
    model, suite, suite_major, condition, turn, prompt,
    list(cast(date_diff('day', cast($first AS DATE), week) // 7 AS INTEGER)) AS at,
    list(refused) AS refused,
    list(pictures) AS pictures
FROM answers
WHERE
    week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
    AND suite = $suite
    AND (condition <> 'confronted' OR turn > 1)
GROUP BY ALL
ORDER BY model, suite, suite_major, condition, turn, prompt
