-- Answers: what does one word change in the pictures of four weeks, and may the labels behind it be believed?
--   Of single weeks: `effects`.
-- Grain: that of window_effects. A withheld model has its rows: without figures, and with the reason.
-- Weeks: earlier
-- Columns:
--   week: the last one of the window
--   simulated: true if the pictures are drawn by a simulated model
--   window_weeks: calendar weeks whose pictures are pooled
--   weeks: of them, those in which both sides have assessed pictures
--   first_week: the first one: of a change of either side that was opened by then, if one was
--   metric: name of the metric (methodology)
--   estimate: the change, b - a; NULL where reason says why
--   low, high: end of the 95 % interval, prompts fixed, scatter of the weekly differences in it; NULL where
--     estimate is
--   estimate_a, estimate_b: share, or distance2, of that side; NULL where estimate is
--   clear: true if the interval does not hold 0; NULL where estimate is
--   reason: why there is no figure; NULL if there is one
--   labeler: who read the attribute
--   reliable: false if its labels are not reliable; true if somebody else read some of the same pictures and
--     agreed; NULL if that is not verified
--   reliability: the same in words; NULL where reliable is true, or nothing was labelled
-- Depends on: window_effects, effects, plans, withheld, reliability.
WITH hidden AS (
    SELECT
        week, model,
        string_agg(reason, '; ' ORDER BY reason) AS withheld_reason
    FROM withheld
    GROUP BY week, model
),

windows AS (
    SELECT * EXCLUDE (params_hash, simulated, scatter, scatter_freedom, scatter_measured, quiet_weeks)
    FROM window_effects
),

told AS (
    SELECT windows.*
    FROM windows
    ANTI JOIN hidden USING (week, model)
    UNION ALL BY NAME
    SELECT
        effects.* REPLACE (
            cast(NULL AS DOUBLE) AS estimate,
            cast(NULL AS DOUBLE) AS low,
            cast(NULL AS DOUBLE) AS high,
            cast(NULL AS DOUBLE) AS estimate_a,
            cast(NULL AS DOUBLE) AS estimate_b,
            'withheld: ' || hidden.withheld_reason AS reason
        )
    FROM effects
    INNER JOIN hidden USING (week, model)
)

SELECT
    told.week, told.model, told.series, told.track, plans.simulated, told.suite, told.suite_major, told.kind,
    told.a, told.b, told.turn_a, told.turn_b, told.subject, told.prompt_a, told.prompt_b, told.attribute,
    told.reference, told.scale, told.metric, told.value_name, told.window_weeks, told.weeks, told.first_week,
    told.estimate, told.low, told.high, told.estimate_a, told.estimate_b,
    told.low > 0 OR told.high < 0 AS clear,
    told.n_a, told.n_b, told.cells, told.planned_cells, told.reason,
    plans.labeler, reliability.reliable, reliability.reliability
FROM told
INNER JOIN plans USING (week, model)
LEFT JOIN reliability USING (week, labeler, labeler_version, attribute)
