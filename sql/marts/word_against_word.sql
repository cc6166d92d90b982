-- Answers: what does one word change, week by week, and may the labels behind it be believed?
-- Grain: that of effects. A withheld model has its rows: without figures, and with the reason.
-- Weeks: earlier
-- Columns:
--   simulated: true if the pictures are drawn by a simulated model
--   estimate: the change, b - a; NULL where reason says why
--   low, high: end of the 95 % interval, prompts fixed; NULL where estimate is
--   estimate_a, estimate_b: share, or distance2, of that side; NULL where estimate is
--   clear: true if the interval does not hold 0; NULL where estimate is
--   reason: why there is no figure; NULL if there is one
--   labeler: who read the attribute
--   reliable: false if its labels are not reliable; true if somebody else read some of the same pictures and
--     agreed; NULL if that is not verified
--   reliability: the same in words; NULL where reliable is true, or nothing was labelled
-- Depends on: effects, plans, withheld, reliability.
WITH hidden AS (
    SELECT
        week, model,
        string_agg(reason, '; ' ORDER BY reason) AS withheld_reason
    FROM withheld
    GROUP BY week, model
)

SELECT
    effects.week, effects.model, effects.series, effects.track, plans.simulated, effects.suite,
    effects.suite_major, effects.kind, effects.a, effects.b, effects.turn_a, effects.turn_b,
    effects.subject, effects.prompt_a, effects.prompt_b, effects.attribute, effects.reference,
    effects.scale, effects.metric, effects.value_name,
    CASE WHEN hidden.week IS NULL THEN effects.estimate END AS estimate,
    CASE WHEN hidden.week IS NULL THEN effects.low END AS low,
    CASE WHEN hidden.week IS NULL THEN effects.high END AS high,
    CASE WHEN hidden.week IS NULL THEN effects.estimate_a END AS estimate_a,
    CASE WHEN hidden.week IS NULL THEN effects.estimate_b END AS estimate_b,
    CASE WHEN hidden.week IS NULL THEN effects.low > 0 OR effects.high < 0 END AS clear,
    effects.n_a, effects.n_b, effects.cells, effects.planned_cells,
    CASE WHEN hidden.week IS NULL THEN effects.reason ELSE 'withheld: ' || hidden.withheld_reason END
        AS reason,
    plans.labeler, reliability.reliable, reliability.reliability
FROM effects
INNER JOIN plans USING (week, model)
LEFT JOIN hidden USING (week, model)
LEFT JOIN reliability USING (week, labeler, labeler_version, attribute)
