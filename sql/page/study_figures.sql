-- Answers: how far are a study's models from a reference, by condition?
-- Grain: one row for each study × attribute × reference × labeler × model × condition × metric.
-- Columns: those of study_scores that the page shows; over all prompts of a condition.
-- Depends on: study_scores
SELECT
    study,
    attribute,
    reference,
    labeler,
    labeler_version,
    model,
    condition,
    metric,
    estimate,
    low,
    high,
    n,
    cells,
    planned_cells,
    reason
FROM study_scores
WHERE prompt IS NULL AND reference IS NOT NULL AND metric IN ('distance', 'tvd')
ORDER BY study, attribute, reference, labeler, labeler_version, model, condition, metric
