-- Answers: what does each board of the analysis file say of each model, of the four weeks that end with each
--   week, and what stands beside that figure?
-- Grain: week, track, simulated, suite, suite_major, condition, attribute, reference, model. A withheld
--   model, and one without a usable picture, has its row: without figures, and with the reason. What is no
--   yardstick there has no row.
-- Weeks: earlier
-- Columns:
--   track: model or system; never ranked together
--   simulated: true if the pictures are drawn by a simulated model
--   metric: metric of the board: distance, or stereotype_share where reference is stereotypes
--   window_weeks: 4, the calendar weeks whose pictures are pooled; scores has the figures of single weeks
--   weeks: of them, those with assessed pictures; first_week: Monday of the first: a window begins anew at a
--     change that was opened by then; NULL if withheld
--   estimate: the figure; less is better; NULL where reason says why
--   distance: estimate where the metric is distance: √max(0, distance2) over the suite's prompts; 0 is the
--     reference; else NULL
--   low, high: end of the 95 % interval of estimate, prompts fixed, scatter from week to week in it
--   scatter_measured: false if that scatter is taken to be five points, for it could not be measured yet
--   prompts_low, prompts_high: end of its interval over prompts like these; NULL for fewer than ten subjects
--   n: number of assessed pictures behind estimate
--   cells: number of prompts that entered estimate
--   planned_cells: number of prompts that the whole suite has under this condition for this attribute
--   reason: why there is no estimate; NULL if there is one
--   answer_rate: pictures / (pictures + refusals) of the window; NULL if withheld, as the next three
--   refused_rate: refusals (the model's own answers without a picture) / (pictures + refusals) of the window
--   refused, answered: the two numbers behind it
--   completeness: (pictures + refusals) / planned slots of the week itself, by which a model is withheld
--   pictures: number of usable pictures of the week itself under this condition, whatever the attribute
--   withheld_reason: why the model is withheld in this week; NULL if it is not
--   labeler: who read the attribute
--   reliable: false if its labels are not reliable: the figure is published and takes no part in any ranking;
--     true if somebody else read some of the same pictures and agreed; NULL if that is not verified
--   reliability: the same in words; NULL where reliable is true, or nothing was labelled
--   rank_low, rank_high: the model's rank is between these, among the models of its week, track, simulated,
--     suite, suite_major, condition, attribute and reference; NULL where rank_reason says why
--   ranked_of: number of models ranked there; NULL where rank_low is
--   rank_reason: why there is no rank; NULL if there is one
--   bound_low, bound_high: the estimate that is possible at best and at worst, whatever the answers that were
--     refused or could not be assessed would have shown; equal to estimate if none were; NULL if withheld
--   corrected_distance, corrected_low, corrected_high: distance of the same window when the labeler's errors,
--     estimated from gold together with people's, are taken out, with its 95 % interval, scatter from week to
--     week in it; it assumes equal error across prompts and weeks, and that people's errors are not shared
--     with the labeler; NULL where corrected_reason says why; ranks are of the raw distance
--   corrected_reason: why nothing is corrected; NULL if it is, or where there is no estimate
--   gold_n: number of pictures that people rated and that the correction rests on; 0 without gold
--   labels_verified: true if a corrected distance is told; false: raw only, labels not verified; NULL where
--     there is no estimate
--   label_error, label_error_low, label_error_high: share of the model's labels that are wrong in the suite's
--     gold, with its 95 % interval; NULL without gold
--   label_error_differs: true if they are wrong in another way than the other models' labels: read the rank
--     with care; NULL if not tested
-- Depends on: yardsticks, plan_scores, window_scores, plans, withheld, reliability, ranks,
--   window_corrected_scores, label_error.
WITH hidden AS (
    SELECT
        week, model,
        string_agg(reason, '; ' ORDER BY reason) AS withheld_reason
    FROM withheld
    GROUP BY week, model
),

asked AS (
    SELECT
        week, model, suite, suite_major, condition, turn,
        any_value(estimate) FILTER (WHERE metric = 'completeness') AS completeness,
        any_value(estimate) FILTER (WHERE metric = 'pictures') AS pictures
    FROM plan_scores
    WHERE prompt IS NULL AND metric IN ('completeness', 'pictures')
    GROUP BY week, model, suite, suite_major, condition, turn
),

rates AS (
    SELECT
        week, model, suite, suite_major, condition, turn,
        any_value(estimate) FILTER (WHERE metric = 'answer_rate') AS answer_rate,
        any_value(estimate) FILTER (WHERE metric = 'refused_rate') AS refused_rate,
        cast(round(any_value(estimate * n) FILTER (WHERE metric = 'refused_rate')) AS INTEGER) AS refused,
        any_value(n) FILTER (WHERE metric = 'refused_rate') AS answered
    FROM window_scores
    WHERE prompt IS NULL AND metric IN ('answer_rate', 'refused_rate')
    GROUP BY week, model, suite, suite_major, condition, turn
),

told AS (
    SELECT
        scores.week, scores.track, plans.simulated, plans.labeler, scores.suite, scores.suite_major,
        scores.condition, scores.turn, scores.attribute, scores.reference, scores.scale, scores.model,
        scores.series, scores.labeler_version, scores.metric, scores.planned_cells,
        coalesce(windows.n, 0) AS n,
        coalesce(windows.cells, 0) AS cells,
        asked.completeness,
        cast(asked.pictures AS BIGINT) AS pictures,
        hidden.withheld_reason,
        4 AS window_weeks,
        CASE WHEN hidden.week IS NULL THEN rates.answer_rate END AS answer_rate,
        CASE WHEN hidden.week IS NULL THEN rates.refused_rate END AS refused_rate,
        CASE WHEN hidden.week IS NULL THEN rates.refused END AS refused,
        CASE WHEN hidden.week IS NULL THEN rates.answered END AS answered,
        CASE WHEN hidden.week IS NULL THEN windows.weeks END AS weeks,
        CASE WHEN hidden.week IS NULL THEN windows.first_week END AS first_week,
        CASE WHEN hidden.week IS NULL THEN windows.scatter_measured END AS scatter_measured,
        CASE WHEN hidden.week IS NULL THEN windows.estimate END AS estimate,
        CASE WHEN hidden.week IS NULL THEN windows.low END AS low,
        CASE WHEN hidden.week IS NULL THEN windows.high END AS high,
        CASE WHEN hidden.week IS NULL THEN windows.prompts_low END AS prompts_low,
        CASE WHEN hidden.week IS NULL THEN windows.prompts_high END AS prompts_high,
        CASE
            WHEN hidden.week IS NOT NULL THEN 'withheld: ' || hidden.withheld_reason
            WHEN windows.week IS NULL THEN 'windows were not computed in this week'
            WHEN windows.estimate IS NOT NULL OR windows.weeks > 1 THEN windows.reason
            ELSE coalesce(scores.reason, windows.reason)
        END AS reason
    FROM plan_scores AS scores
    SEMI JOIN yardsticks USING (suite, suite_major, attribute, reference, metric)
    INNER JOIN plans USING (week, model)
    LEFT JOIN asked USING (week, model, suite, suite_major, condition, turn)
    LEFT JOIN rates USING (week, model, suite, suite_major, condition, turn)
    LEFT JOIN hidden USING (week, model)
    LEFT JOIN window_scores AS windows
        ON
            scores.week = windows.week
            AND scores.model = windows.model
            AND scores.suite = windows.suite
            AND scores.suite_major = windows.suite_major
            AND scores.condition = windows.condition
            AND scores.turn = windows.turn
            AND scores.attribute = windows.attribute
            AND scores.reference = windows.reference
            AND scores.scale = windows.scale
            AND scores.metric = windows.metric
            AND windows.prompt IS NULL
            AND windows.value_name IS NULL
    WHERE scores.prompt IS NULL AND scores.value_name IS NULL
)

SELECT
    told.week, told.track, told.simulated, told.suite, told.suite_major, told.condition, told.attribute,
    told.reference, told.metric, told.model, told.series, told.window_weeks, told.weeks, told.first_week,
    told.estimate,
    CASE WHEN told.metric = 'distance' THEN told.estimate END AS distance,
    told.low,
    told.high,
    told.prompts_low,
    told.prompts_high,
    told.scatter_measured,
    told.n,
    told.cells,
    told.planned_cells,
    told.reason, told.answer_rate,
    told.completeness, told.refused_rate, told.refused, told.answered, told.pictures,
    told.withheld_reason, told.labeler, reliability.reliable, reliability.reliability,
    CASE WHEN coalesce(reliability.reliable, TRUE) THEN ranks.rank_low END AS rank_low,
    CASE WHEN coalesce(reliability.reliable, TRUE) THEN ranks.rank_high END AS rank_high,
    CASE WHEN coalesce(reliability.reliable, TRUE) THEN ranks.ranked_of END AS ranked_of,
    CASE
        WHEN ranks.model IS NULL THEN 'ranks were not computed in this week'
        WHEN ranks.reason IS NULL AND NOT reliability.reliable THEN reliability.reliability
        ELSE ranks.reason
    END AS rank_reason,
    ranks.bound_low, ranks.bound_high,
    CASE WHEN told.estimate IS NOT NULL THEN corrected.estimate END AS corrected_distance,
    CASE WHEN told.estimate IS NOT NULL THEN corrected.low END AS corrected_low,
    CASE WHEN told.estimate IS NOT NULL THEN corrected.high END AS corrected_high,
    CASE
        WHEN told.estimate IS NULL OR corrected.estimate IS NOT NULL THEN NULL
        WHEN told.metric <> 'distance' THEN 'only distances are corrected'
        ELSE coalesce(corrected.reason, 'no gold')
    END AS corrected_reason,
    coalesce(corrected.gold_n, 0) AS gold_n,
    CASE WHEN told.estimate IS NOT NULL THEN corrected.estimate IS NOT NULL END AS labels_verified,
    CASE WHEN told.withheld_reason IS NULL THEN label_error.error_rate END AS label_error,
    CASE WHEN told.withheld_reason IS NULL THEN label_error.low END AS label_error_low,
    CASE WHEN told.withheld_reason IS NULL THEN label_error.high END AS label_error_high,
    CASE WHEN told.withheld_reason IS NULL THEN label_error.differs END AS label_error_differs
FROM told
LEFT JOIN window_corrected_scores AS corrected
    ON
        told.week = corrected.week
        AND told.model = corrected.model
        AND told.suite = corrected.suite
        AND told.suite_major = corrected.suite_major
        AND told.condition = corrected.condition
        AND told.turn = corrected.turn
        AND told.attribute = corrected.attribute
        AND told.reference = corrected.reference
        AND told.scale = corrected.scale
        AND corrected.metric = 'distance'
LEFT JOIN label_error
    ON
        told.week = label_error.week
        AND told.model = label_error.model
        AND told.suite = label_error.suite
        AND told.suite_major = label_error.suite_major
        AND told.attribute = label_error.attribute
LEFT JOIN ranks
    ON
        told.week = ranks.week
        AND told.track = ranks.track
        AND told.simulated = ranks.simulated
        AND told.suite = ranks.suite
        AND told.suite_major = ranks.suite_major
        AND told.condition = ranks.condition
        AND told.attribute = ranks.attribute
        AND told.reference = ranks.reference
        AND told.scale = ranks.scale
        AND told.model = ranks.model
LEFT JOIN reliability
    ON
        told.week = reliability.week
        AND told.labeler = reliability.labeler
        AND told.labeler_version = reliability.labeler_version
        AND told.attribute = reliability.attribute
