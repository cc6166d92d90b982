-- Answers: how far is each model of a study from a reference, by condition and labeler?
-- Grain: study, model, condition, attribute, reference, labeler, labeler_version; over all
--   prompts of the condition.
-- Columns:
--   title: the model's name in words
--   labeler_kind: person, vision_model or local_model
--   distance: √max(0, distance2) over the prompts; NULL where reason says why
--   low, high: end of the 95 % interval of distance, prompts fixed
--   assessed_rate: share of the pictures that were read as a value of the support
--   n: number of assessed pictures behind distance
--   cells: number of prompts that entered distance
--   planned_cells: number of prompts of the condition
--   pictures: number of labelled or published pictures
--   reason: why there is no distance; NULL if there is one
-- Depends on: study_scores, study_models, study_labels.
WITH kinds AS (
    SELECT
        study, labeler, labeler_version,
        min(labeler_kind) AS labeler_kind
    FROM study_labels
    GROUP BY study, labeler, labeler_version
),

suites AS (
    SELECT
        study, model, condition, attribute, reference, labeler, labeler_version,
        any_value(estimate) FILTER (WHERE metric = 'distance') AS distance,
        any_value(low) FILTER (WHERE metric = 'distance') AS low,
        any_value(high) FILTER (WHERE metric = 'distance') AS high,
        any_value(n) FILTER (WHERE metric = 'distance') AS n,
        any_value(cells) FILTER (WHERE metric = 'distance') AS cells,
        any_value(planned_cells) FILTER (WHERE metric = 'distance') AS planned_cells,
        any_value(reason) FILTER (WHERE metric = 'distance') AS reason
    FROM study_scores
    WHERE prompt IS NULL AND reference IS NOT NULL
    GROUP BY study, model, condition, attribute, reference, labeler, labeler_version
)

SELECT
    suites.study, suites.model, study_models.title, suites.condition, suites.attribute, suites.reference,
    suites.labeler, kinds.labeler_kind, suites.labeler_version, suites.distance, suites.low, suites.high,
    assessed.estimate AS assessed_rate, suites.n, suites.cells,
    suites.planned_cells, assessed.n AS pictures, suites.reason
FROM suites
LEFT JOIN study_models USING (study, model)
LEFT JOIN kinds USING (study, labeler, labeler_version)
LEFT JOIN study_scores AS assessed
    ON
        suites.study = assessed.study
        AND suites.model = assessed.model
        AND suites.condition = assessed.condition
        AND suites.attribute = assessed.attribute
        AND suites.labeler = assessed.labeler
        AND suites.labeler_version = assessed.labeler_version
        AND assessed.metric = 'assessed_rate'
        AND assessed.prompt IS NULL
