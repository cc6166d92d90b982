-- Answers: which shares and distances of windows have no corrected row, more than one, or one of other weeks
--   or with another raw figure?
-- Grain: that of window_scores.
-- Columns: those of window_scores that name the figure; corrected_rows: corrected rows that it has.
-- Depends on: window_scores, window_corrected_scores.
-- Severity: critical
-- Stages: publish
-- Rule: Where figures of windows are corrected, every share and distance of a suite has its corrected row, of
--   the same weeks and with the raw figure.
-- Says: shares and distances of windows without their corrected row, or with another raw figure
SELECT
    windows.week, windows.model, windows.suite, windows.suite_major, windows.condition, windows.turn,
    windows.attribute, windows.reference, windows.scale, windows.metric, windows.value_name, windows.estimate,
    count(corrected.model) AS corrected_rows
FROM window_scores AS windows
LEFT JOIN window_corrected_scores AS corrected
    ON
        corrected.week = $week
        AND windows.model = corrected.model
        AND windows.suite = corrected.suite
        AND windows.suite_major = corrected.suite_major
        AND windows.condition = corrected.condition
        AND windows.turn = corrected.turn
        AND windows.attribute = corrected.attribute
        AND windows.scale = corrected.scale
        AND windows.metric = corrected.metric
        AND windows.weeks = corrected.weeks
        AND windows.first_week = corrected.first_week
        AND windows.reference IS NOT DISTINCT FROM corrected.reference
        AND windows.value_name IS NOT DISTINCT FROM corrected.value_name
        AND windows.estimate IS NOT DISTINCT FROM corrected.raw_estimate
WHERE
    windows.week = $week
    AND ($model IS NULL OR windows.model = $model)
    AND windows.prompt IS NULL
    AND windows.metric IN ('share', 'distance2', 'distance')
GROUP BY ALL
HAVING count(corrected.model) <> 1
