-- Answers: which figures are not in the range of their metric? Shares, rates and distances lie between 0 and
--   1; pictures, distance2 and what is compared with a statistic have ranges of their own.
-- Grain: that of scores.
-- Columns: those of scores that name the figure.
-- Depends on: scores.
-- Severity: critical
-- Stages: publish
-- Rule: Shares, rates and distances lie within 0 and 1.
-- Says: figures outside 0 to 1
SELECT
    week, model, suite, condition, prompt, attribute, reference, metric, value_name, estimate, low, high
FROM scores
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND CASE
        WHEN metric = 'pictures' THEN estimate < 0
        WHEN metric = 'distance2' THEN NOT estimate BETWEEN -0.5 AND 1
        WHEN
            metric IN ('stereotype_share', 'stereotype_others') AND reference <> 'stereotypes'
            THEN NOT estimate BETWEEN -1 AND 1
        ELSE
            coalesce(NOT estimate BETWEEN 0 AND 1, FALSE)
            OR coalesce(NOT low BETWEEN 0 AND 1, FALSE)
            OR coalesce(NOT high BETWEEN 0 AND 1, FALSE)
    END
