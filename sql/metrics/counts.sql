-- Answers: how many pictures of each cell show each value of each attribute?
-- Grain: that of cell_counts, of which this is the part that scores are made of.
-- Columns: those of cell_counts; the rows of a cell stand together, in the declared order.
-- Depends on: cell_counts
SELECT
    week, model, suite, suite_version, prompt, turn, attribute, scale, labeler_version, position, value,
    in_support, pictures
FROM cell_counts
ORDER BY
    week, model, suite, suite_major, condition, prompt, turn, suite_version, attribute, position, value
