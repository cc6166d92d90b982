-- Answers: which figures lie outside 0 to 1, or outside their own interval?
-- Grain: that of figures.
-- Columns: those of figures that name the figure, and what is compared.
-- Depends on: figures.
-- Severity: critical
-- Stages: publish
-- Rule: A figure and the ends of its interval lie between 0 and 1, and a figure lies within its interval;
--   of a gap this is not asked: it is of pairs of weeks, its interval on a board of one prompt of all weeks.
-- Says: figures outside 0 to 1, or outside their interval
SELECT
    week, model, suite, suite_major, condition, turn, prompt, selection, attribute, figure, value, yardstick,
    estimate, low, high
FROM figures
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND (
        least(estimate, low, high) < -1e-9
        OR greatest(estimate, low, high) > 1 + 1e-9
        OR low > high + 1e-9
        OR (figure <> 'gap' AND (low > estimate + 1e-9 OR estimate > high + 1e-9))
    )
