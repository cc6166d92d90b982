-- Answers: which models are, or were until lately, asked in the span that ends with a week?
-- Grain: model.
-- Columns: model, track, simulated; labeler, labeler_version: NULL if it was not planned in the week itself;
--   withheld: whether it is withheld in the week.
-- Depends on: plans, counts, withheld
-- Uses: span
WITH late AS (
    SELECT
        model,
        arg_max(track, week) AS track,
        arg_max(simulated, week) AS simulated
    FROM plans
    WHERE week BETWEEN cast($week AS DATE) - 21 AND cast($week AS DATE)
    GROUP BY model
)

SELECT
    late.model, late.track, late.simulated, models.labeler, models.labeler_version,
    hidden.model IS NOT NULL AS withheld
FROM late
LEFT JOIN models USING (model)
LEFT JOIN hidden ON late.model = hidden.model AND hidden.week = cast($week AS DATE)
ORDER BY late.model
