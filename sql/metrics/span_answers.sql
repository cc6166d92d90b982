-- Answers: how did the answers of the span that ends with a week, and of its history, end?
-- Grain: model, suite, suite_major, condition, turn, prompt, back.
-- Columns: those; planned, pictures, refused. The first turn of a conversation is there with first_turns
--   alone.
-- Depends on: plans, counts, withheld, prompts, answers
-- Uses: span
WITH asked AS (
    SELECT
        model, suite, suite_major, prompt,
        CASE WHEN max(turns) = 1 OR $first_turns THEN 1 ELSE 2 END AS first_turn
    FROM prompts
    WHERE week BETWEEN cast($since AS DATE) AND cast($week AS DATE)
    GROUP BY ALL
)

SELECT
    answers.model, answers.suite, answers.suite_major, answers.condition, answers.turn, answers.prompt,
    spans.back, answers.planned, answers.pictures, answers.refused
FROM answers
INNER JOIN spans USING (week, model)
INNER JOIN asked USING (model, suite, suite_major, prompt)
WHERE answers.turn >= asked.first_turn
ORDER BY ALL
