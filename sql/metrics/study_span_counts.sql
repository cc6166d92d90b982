-- Answers: how many pictures of a study were read as what, by each labeler?
-- Grain: model, condition, prompt, attribute, labeler, labeler_version, value.
-- Columns: as span_counts; suite: name of the study.
-- Depends on: counts, study_attribute_values
WITH declared AS (
    SELECT
        attribute, value, in_support
    FROM study_attribute_values
    WHERE study = $study
),

counted AS (
    SELECT
        model, suite, suite_major, condition, turn, prompt, attribute, labeler, labeler_version, value,
        pictures
    FROM counts
    WHERE study = $study
)

SELECT
    counted.model, counted.suite, counted.suite_major, counted.condition, counted.turn, counted.prompt,
    counted.attribute, counted.labeler, counted.labeler_version,
    CASE
        WHEN declared.in_support THEN 'support'
        WHEN counted.value IN ('cannot_tell', 'invalid', 'not_assessed') THEN 'unseen'
        ELSE 'outside'
    END AS kind,
    CASE WHEN kind = 'support' THEN counted.value ELSE '' END AS value,
    [0] AS back,
    [cast(sum(counted.pictures) AS INTEGER)] AS pictures
FROM counted
LEFT JOIN declared
    ON counted.attribute = declared.attribute AND counted.value = declared.value
GROUP BY ALL
ORDER BY ALL
