-- Answers: how far are a study's models from a reference, by condition?
-- Grain: one row for each study × attribute × reference × labeler × version × model × condition.
-- Columns: those of study_leaderboard that the page shows; over all prompts of a condition.
-- Depends on: study_leaderboard
SELECT
    study,
    attribute,
    reference,
    labeler,
    labeler_kind,
    labeler_version,
    model,
    condition,
    distance,
    low,
    high,
    tvd,
    tvd_floor,
    n,
    cells,
    planned_cells,
    reason
FROM study_leaderboard
ORDER BY study, attribute, reference, labeler, labeler_version, model, condition
