-- Answers: which shares, rates and distances are not between 0 and 1? distance2 may be negative, and pictures
--   are a number; both have ranges of their own.
-- Grain: that of scores.
-- Columns: those of scores that name the figure.
-- Depends on: scores.
SELECT
    week,
    model,
    suite,
    condition,
    prompt,
    attribute,
    reference,
    metric,
    value_name,
    estimate,
    low,
    high
FROM scores
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND CASE
        WHEN metric = 'pictures' THEN estimate < 0
        WHEN metric = 'distance2' THEN NOT estimate BETWEEN -0.5 AND 1
        ELSE
            coalesce(NOT estimate BETWEEN 0 AND 1, FALSE)
            OR coalesce(NOT low BETWEEN 0 AND 1, FALSE)
            OR coalesce(NOT high BETWEEN 0 AND 1, FALSE)
    END
