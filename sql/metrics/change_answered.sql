-- Answers: which share of what was planned did each model answer in some weeks?
-- Grain: week, model, suite, suite_major, condition, turn.
-- Columns: those, and answered: pictures and refusals over planned answers.
-- Depends on: answers
SELECT
    week, model, suite, suite_major, condition, turn,
    sum(pictures + refused) / sum(planned) AS answered
FROM answers
WHERE week BETWEEN $first AND $last AND list_contains($models, model)
GROUP BY week, model, suite, suite_major, condition, turn
HAVING sum(planned) > 0
ORDER BY ALL
