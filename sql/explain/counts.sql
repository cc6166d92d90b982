-- Answers: which counts is a published share made of?
-- Grain: week, value.
-- Columns: counts_as: value, or band, that it counts as; empty where it does not; pictures.
-- Depends on: counts, plans, withheld, attribute_values
SELECT
    counts.week, counts.value,
    CASE
        WHEN starts_with($attribute, 'all:') THEN nullif(counts.value, 'open')
        WHEN declared.in_support THEN coalesce(declared.band, declared.value)
    END AS counts_as,
    counts.pictures
FROM counts
INNER JOIN plans AS own USING (week, model)
INNER JOIN plans AS newest USING (model, series, params_hash)
LEFT JOIN attribute_values AS declared
    ON
        counts.week = declared.week
        AND counts.model = declared.model
        AND counts.suite = declared.suite
        AND counts.suite_major = declared.suite_major
        AND counts.attribute = declared.attribute
        AND counts.value = declared.value
ANTI JOIN withheld ON counts.week = withheld.week AND counts.model = withheld.model
WHERE
    newest.week = $week AND counts.week BETWEEN $first AND $week
    AND counts.model = $model AND counts.prompt = $prompt
    AND counts.suite_major = $major AND counts.turn = $turn AND counts.attribute = $attribute
    AND counts.labeler = $labeler AND counts.labeler_version = $version
ORDER BY counts.week, counts.value
