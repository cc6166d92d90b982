-- Answers: which models have a place on which boards of one week, and what stands against a rank there?
-- Grain: track × simulated × suite × suite_major × condition × attribute × scale × reference × model.
-- Columns: those, metric of the board, labeler_version; withheld: why the model is withheld; missing: why its
--   window has no figure; added, freedom: variance that scatter adds to the window's figure (of distance, to
--   distance2), and its degrees of freedom; retired: whether the provider said in this week that the model
--   is gone.
-- Depends on: plan_scores, plans, withheld, attempts, window_scores
WITH hidden AS (
    SELECT
        model,
        string_agg(reason, '; ' ORDER BY reason) AS reason
    FROM withheld
    WHERE week = cast($week AS DATE)
    GROUP BY model
),

windows AS (
    SELECT
        model, suite, suite_major, condition, turn, attribute, reference, scale, metric, weeks, reason,
        scatter_freedom AS freedom,
        pow(scatter, 2) / nullif(weeks, 0) AS added
    FROM window_scores
    WHERE week = cast($week AS DATE) AND prompt IS NULL AND value_name IS NULL
),

gone AS (
    SELECT DISTINCT model
    FROM attempts
    WHERE week = cast($week AS DATE) AND outcome = 'model_retired'
)

SELECT
    scores.track, plans.simulated, scores.suite, scores.suite_major, scores.condition, scores.attribute,
    scores.scale, scores.reference, scores.metric, scores.model, scores.labeler_version,
    hidden.reason AS withheld,
    CASE
        WHEN windows.reason IS NULL AND windows.model IS NOT NULL THEN NULL
        WHEN windows.weeks > 1 THEN windows.reason
        ELSE coalesce(scores.reason, windows.reason)
    END AS missing,
    coalesce(windows.added, 0) AS added,
    windows.freedom,
    gone.model IS NOT NULL AS retired
FROM plan_scores AS scores
INNER JOIN plans USING (week, model)
LEFT JOIN hidden USING (model)
LEFT JOIN windows USING (model, suite, suite_major, condition, turn, attribute, reference, scale, metric)
LEFT JOIN gone USING (model)
WHERE
    scores.week = cast($week AS DATE)
    AND (
        scores.metric = 'distance'
        OR (scores.metric = 'stereotype_share' AND scores.reference = 'stereotypes')
    )
    AND scores.prompt IS NULL
    AND scores.value_name IS NULL
ORDER BY ALL
