-- Answers: which figures did a study's authors print, and what do the imported labels give?
-- Grain: study, title, name; in the order of the study file.
-- Columns: printed_in: where they print it; printed, ours; differs: why, where they do.
-- Depends on: study_published
SELECT study, title, name, printed_in, printed, ours, differs
FROM study_published
ORDER BY study, position
