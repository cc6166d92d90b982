-- Answers: does the order of a study's models hold if the figure is measured in another way?
-- Grain: that of study_robustness; only where a board tells models apart.
-- Columns: those that name the board; variant, other, told_apart, told_apart_turned.
-- Depends on: study_robustness
SELECT
    study, attribute, reference, labeler, labeler_version, condition, variant, other, told_apart,
    told_apart_turned
FROM study_robustness
WHERE told_apart > 0
ORDER BY ALL
