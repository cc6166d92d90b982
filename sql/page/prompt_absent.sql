-- Answers: which models have no figure of a prompt in the edition's week, for what reason?
-- Grain: one row for each prompt × model that was asked it once, or is withheld now.
-- Columns: last_week: in which it was asked; asks: whether it was asked anything in the edition's week;
--   withheld: why it is withheld in it; NULL if it is not.
-- Depends on: slots, plans, withheld
WITH asked AS (
    SELECT
        prompt, model,
        max(week) AS last_week
    FROM slots
    WHERE week <= cast($week AS DATE)
    GROUP BY prompt, model
),

hidden AS (
    SELECT
        model,
        string_agg(reason, '; ' ORDER BY reason) AS withheld
    FROM withheld
    WHERE week = cast($week AS DATE)
    GROUP BY model
),

known AS (
    SELECT
        model,
        arg_max(simulated, week) AS simulated,
        max(week) = cast($week AS DATE) AS asks
    FROM plans
    WHERE week <= cast($week AS DATE)
    GROUP BY model
)

SELECT
    asked.prompt, asked.model, asked.last_week, known.asks, hidden.withheld,
    cast($week AS DATE) AS week
FROM asked
INNER JOIN known USING (model)
LEFT JOIN hidden USING (model)
WHERE asked.last_week < cast($week AS DATE) OR hidden.withheld IS NOT NULL
ORDER BY asked.prompt, known.simulated, asked.model
