-- Answers: of which attributes does a labeler give more than 2 % answers outside the declared list?
-- Grain: model, attribute, labeler, labeler_version.
-- Columns:
--   invalid, labels: number of invalid labels and of all
--   failing_rows: the invalid labels
--   problem: the same in words
-- Depends on: labels.
-- Severity: warning
-- Stages: labels, publish
-- Rule: At most 2 % of an attribute's labels are invalid.
SELECT
    week, model, attribute, labeler, labeler_version,
    count(*) FILTER (WHERE value = 'invalid') AS invalid,
    count(*) AS labels,
    count(*) FILTER (WHERE value = 'invalid') AS failing_rows,
    concat(
        attribute,
        ': ',
        count(*) FILTER (WHERE value = 'invalid'),
        ' of ',
        count(*),
        ' answers of ',
        labeler,
        ' are outside the declared values'
    ) AS problem
FROM labels
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
GROUP BY week, model, attribute, labeler, labeler_version
HAVING count(*) FILTER (WHERE value = 'invalid') > 0.02 * count(*)
ORDER BY model, attribute
