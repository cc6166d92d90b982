-- Answers: of which prompts of one partition did one call draw two pictures or more?
-- Grain: suite, suite_major, condition, turn, prompt.
-- Columns: those of draws.
-- Depends on: ended, plans, labels, clusters
-- Uses: pictures
WITH calls AS (
    SELECT
        pictures.suite, pictures.suite_major, pictures.condition, pictures.turn, pictures.prompt,
        count(*) AS drawn
    FROM pictures
    LEFT JOIN clusters
        ON
            clusters.week = cast($week AS DATE)
            AND clusters.model = $model
            AND pictures.slot_key = clusters.slot_key
    GROUP BY
        pictures.suite, pictures.suite_major, pictures.condition, pictures.turn, pictures.prompt,
        coalesce(clusters.cluster, pictures.slot_key)
)

SELECT
    cast($week AS DATE) AS week,
    cast(NULL AS VARCHAR) AS study,
    $model AS model,
    suite, suite_major, condition, turn, prompt,
    cast(count(*) AS INTEGER) AS calls,
    cast(sum(drawn) AS INTEGER) AS pictures,
    cast(sum(drawn * drawn) AS INTEGER) AS squares
FROM calls
GROUP BY ALL
HAVING max(drawn) > 1
ORDER BY ALL
