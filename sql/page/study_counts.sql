-- Answers: how many pictures of each model of a study were read as each value, under each condition?
-- Grain: study, attribute, labeler, labeler_version, model, condition, value; all prompts together.
-- Columns: position: place of the value in the declared order; share, low, high: the mean over prompts.
-- Depends on: study_cell_counts, study_models, study_scores
SELECT
    c.study, c.attribute, c.labeler, c.labeler_kind, c.labeler_version, c.model, m.title, c.condition,
    c.value, c.in_support, c.position,
    cast(sum(c.pictures) AS BIGINT) AS pictures,
    any_value(s.estimate) AS share,
    any_value(s.low) AS low,
    any_value(s.high) AS high
FROM study_cell_counts AS c
INNER JOIN study_models AS m USING (study, model)
LEFT JOIN study_scores AS s
    ON
        c.study = s.study AND c.model = s.model AND c.condition = s.condition
        AND c.attribute = s.attribute AND c.value = s.value_name AND c.labeler = s.labeler
        AND c.labeler_version = s.labeler_version AND s.metric = 'share' AND s.prompt IS NULL
GROUP BY
    c.study, c.attribute, c.labeler, c.labeler_kind, c.labeler_version, c.model, m.title, c.condition,
    c.value, c.in_support, c.position
ORDER BY
    c.study, c.attribute, c.labeler, c.labeler_version, m.title, c.model, c.condition, c.position
