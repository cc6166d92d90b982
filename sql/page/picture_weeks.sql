-- Answers: which is each model's latest published week with pictures, up to the edition's week?
-- Grain: one row a week in which that is so of any model.
-- Columns: week.
-- Depends on: images, withheld
WITH latest AS (
    SELECT max(images.week) AS week
    FROM images
    ANTI JOIN withheld USING (week, model)
    WHERE images.week <= cast($week AS DATE)
    GROUP BY images.model
)

SELECT DISTINCT week
FROM latest
ORDER BY week
