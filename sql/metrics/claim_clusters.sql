-- Answers: which pictures of some prompts were drawn together?
-- Grain: unit, as in claim_pictures; only those with a picture that is of a cluster.
-- Columns: model, unit; cluster: that of the picture.
-- Depends on: slot_outcomes, clusters
WITH pictures AS (
    SELECT
        week, model, slot_key,
        coalesce(conversation, slot_key) AS unit
    FROM slot_outcomes
    WHERE
        list_contains($prompts, prompt)
        AND (conversation IS NULL OR turn > 1)
        AND is_picture
)

SELECT
    pictures.model, pictures.unit,
    min_by(clusters.cluster, clusters.slot_key) AS cluster
FROM pictures
INNER JOIN clusters USING (week, model, slot_key)
GROUP BY pictures.model, pictures.unit
