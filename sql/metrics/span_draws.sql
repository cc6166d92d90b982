-- Answers: how many pictures did a call draw, in the span that ends with a week and its history?
-- Grain: model, suite, suite_major, condition, turn.
-- Columns: those; pictures, and squares: sum over calls of the square of their pictures; of prompts with
--   a call of two pictures or more.
-- Depends on: plans, counts, withheld, draws
-- Uses: span
WITH drawn AS (
    SELECT
        draws.model, draws.suite, draws.suite_major, draws.condition, draws.turn, draws.pictures,
        draws.squares
    FROM draws
    INNER JOIN spans USING (week, model)
)

SELECT
    model, suite, suite_major, condition, turn,
    cast(sum(pictures) AS INTEGER) AS pictures,
    cast(sum(squares) AS INTEGER) AS squares
FROM drawn
GROUP BY ALL
ORDER BY ALL
