-- Answers: how many pictures of each attribute did people rate, and how many people were they?
-- Grain: one row for each attribute.
-- Columns: attribute, pictures, raters.
-- Depends on: gold_labels
SELECT
    attribute,
    count(DISTINCT image_sha256) AS pictures,
    count(DISTINCT rater) AS raters
FROM gold_labels
WHERE week <= cast($week AS DATE)
GROUP BY attribute
ORDER BY attribute
