-- Answers: what did a request for diversity, or another condition, change in pictures of a study's models?
-- Grain: that of study_effects.
-- Columns: those of study_effects; clear: true if the interval does not hold 0, NULL where estimate is.
--   Values are in the order in which the study declares them.
-- Depends on: study_effects, study_attribute_values
SELECT
    e.study, e.model, e.kind, e.a, e.b, e.subject, e.attribute, e.reference, e.labeler, e.labeler_version,
    e.metric, e.value_name, e.estimate, e.low, e.high, e.estimate_a, e.estimate_b,
    e.low > 0 OR e.high < 0 AS clear,
    e.n_a, e.n_b, e.cells, e.planned_cells, e.reason
FROM study_effects AS e
LEFT JOIN study_attribute_values AS v
    ON e.study = v.study AND e.attribute = v.attribute AND e.value_name = v.value
ORDER BY
    e.study, e.attribute, e.labeler, e.labeler_version, e.b, e.model, e.metric, v.position,
    e.subject NULLS FIRST
