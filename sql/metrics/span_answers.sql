-- Answers: how did the answers of the span that ends with a week, and of its history, end?
-- Grain: model, suite, suite_major, condition, turn, prompt, back.
-- Columns: those; planned, pictures, refused.
-- Depends on: plans, counts, withheld, prompts, answers
-- Uses: span
WITH asked AS (
    SELECT
        model, suite, suite_major, prompt
    FROM prompts
    WHERE week = cast($week AS DATE)
)

SELECT
    answers.model, answers.suite, answers.suite_major, answers.condition, answers.turn, answers.prompt,
    spans.back, answers.planned, answers.pictures, answers.refused
FROM answers
INNER JOIN spans USING (week, model)
SEMI JOIN asked
    ON
        answers.model = asked.model
        AND answers.suite = asked.suite
        AND answers.suite_major = asked.suite_major
        AND answers.prompt = asked.prompt
WHERE answers.condition <> 'confronted' OR answers.turn > 1
ORDER BY ALL
