-- Answers: how did the answers of the span that ends with a week, and of its history, end?
-- Grain: model, suite, suite_major, condition, turn, prompt, back.
-- Columns: those; planned, pictures, refused; late and opening: as in span_counts.
-- Depends on: plans, counts, withheld, prompts, answers
-- Uses: span
WITH asked AS (
    SELECT
        model, suite, suite_major, prompt,
        max(turns) AS turns,
        bool_or(week = cast($week AS DATE)) AS late
    FROM prompts
    WHERE week BETWEEN cast($since AS DATE) AND cast($week AS DATE)
    GROUP BY ALL
)

SELECT
    answers.model, answers.suite, answers.suite_major, answers.condition, answers.turn, answers.prompt,
    spans.back, answers.planned, answers.pictures, answers.refused, asked.late,
    asked.turns > 1 AND answers.turn = 1 AS opening
FROM answers
INNER JOIN spans USING (week, model)
INNER JOIN asked USING (model, suite, suite_major, prompt)
ORDER BY ALL
