-- Answers: which figures are not in the range of their metric? Shares, rates and distances lie between 0 and
--   1; pictures, lifts, distance2, homogeneity, MAGBIG's L1 and what is compared with a statistic have ranges
--   of their own.
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
        WHEN metric IN ('pictures', 'stereotype_lift') THEN estimate < 0
        WHEN metric = 'distance2' THEN NOT estimate BETWEEN -0.5 AND 1
        WHEN metric = 'homogeneity' THEN NOT estimate BETWEEN -1 AND 1
        WHEN metric = 'magbig_l1' THEN NOT estimate BETWEEN 0 AND 2
        WHEN metric = 'tilt' THEN NOT isfinite(estimate)
        WHEN metric = 'stereotype_gap' THEN NOT estimate BETWEEN -2 AND 2
        WHEN
            metric IN ('level', 'exaggeration_male_typed', 'exaggeration_female_typed')
            OR (metric IN ('stereotype_share', 'stereotype_others') AND reference <> 'stereotypes')
            THEN NOT estimate BETWEEN -1 AND 1
        ELSE
            coalesce(NOT estimate BETWEEN 0 AND 1, FALSE)
            OR coalesce(NOT low BETWEEN 0 AND 1, FALSE)
            OR coalesce(NOT high BETWEEN 0 AND 1, FALSE)
    END
