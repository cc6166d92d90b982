-- Answers: why has a model no figure in a week?
-- Grain: those of empty_figures, of first turns.
-- Columns: those of empty_figures that the page shows.
-- Weeks: earlier
-- Depends on: empty_figures
SELECT
    model, suite, suite_major, condition, figure, prompt, selection, attribute, labeler, reason, k, n
FROM empty_figures
WHERE week = cast($week AS DATE) AND turn = 1
ORDER BY model, suite, suite_major, condition, figure, prompt, selection, attribute
