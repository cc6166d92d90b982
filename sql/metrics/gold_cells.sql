-- Answers: how many pictures were read as each value, in the cells of the weeks through one and of the weeks
--   of its gold?
-- Grain: week × cell (model × suite × prompt × turn × attribute) × value, zeros included; models, suites and
--   attributes with gold in the eight weeks that end with the week.
-- Columns: keys of the cell, series, params_hash, labeler_version, value, in_support, position, pictures.
-- Depends on: cell_counts, gold_labels
WITH gold AS (
    SELECT DISTINCT
        model, suite, suite_major, attribute, week
    FROM gold_labels
    WHERE week BETWEEN cast($week AS DATE) - 49 AND cast($week AS DATE)
)

SELECT
    week, model, suite, suite_major, attribute, condition, prompt, turn, series, params_hash, labeler_version,
    value,
    coalesce(in_support, FALSE) AS in_support,
    coalesce(position, 2147483647) AS position,
    pictures
FROM cell_counts
WHERE
    week BETWEEN least(cast($first AS DATE), cast($week AS DATE) - 49) AND cast($week AS DATE)
    AND (week >= cast($first AS DATE) OR week IN (SELECT gold.week FROM gold))
    AND (model, suite, suite_major, attribute) IN (
        SELECT (gold.model, gold.suite, gold.suite_major, gold.attribute) FROM gold
    )
ORDER BY ALL
