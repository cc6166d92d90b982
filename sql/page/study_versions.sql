-- Answers: which version of each study does the edition hold?
-- Grain: one row a study.
-- Columns: study, version, definition_sha256.
-- Depends on: studies
SELECT
    study, version,
    definition_sha256
FROM studies
ORDER BY study
