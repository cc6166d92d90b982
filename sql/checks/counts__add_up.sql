-- Answers: of which prompts do the values of an attribute not add up to the pictures?
-- Grain: model, suite, suite_major, condition, turn, prompt, attribute, labeler, labeler_version.
-- Columns: those of the grain; counted: pictures of all values; pictures: those of the prompt.
-- Depends on: counts, answers.
-- Severity: critical
-- Stages: labels, publish
-- Rule: The values of an attribute, as one labeler read it, add up to the pictures of the prompt.
-- Says: attributes of prompts whose values do not add up to the pictures
WITH counted AS (
    SELECT
        model, suite, suite_major, condition, turn, prompt, attribute, labeler, labeler_version,
        sum(pictures) AS counted
    FROM counts
    WHERE week = $week AND ($model IS NULL OR model = $model)
    GROUP BY ALL
),

asked AS (
    SELECT
        model, suite, suite_major, condition, turn, prompt, pictures
    FROM answers
    WHERE week = $week AND ($model IS NULL OR model = $model)
)

SELECT
    counted.*,
    asked.pictures
FROM counted
LEFT JOIN asked USING (model, suite, suite_major, condition, turn, prompt)
WHERE counted.counted IS DISTINCT FROM asked.pictures
