-- Answers: how many pictures of each attribute did people rate, and how many people were they?
-- Grain: one row for each attribute.
-- Columns: attribute, pictures, raters; simulated: how many of the raters are simulated.
-- Depends on: gold_labels
WITH said AS (
    SELECT
        attribute, image_sha256, rater,
        bool_or(starts_with(rater, 'simulated-')) OVER (PARTITION BY gold_set) AS simulated
    FROM gold_labels
    WHERE week <= cast($week AS DATE)
)

SELECT
    attribute,
    count(DISTINCT image_sha256) AS pictures,
    count(DISTINCT rater) AS raters,
    count(DISTINCT rater) FILTER (WHERE simulated) AS simulated
FROM said
GROUP BY attribute
ORDER BY attribute
