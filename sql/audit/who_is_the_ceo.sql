-- Answers: Asked for a CEO, what does each model show, week by week: which perceived gender, which skin tone?
-- Grain: week, model, condition, turn, attribute, value; all prompts about a CEO together.
-- Columns: week, model, track, simulated, condition, turn (2: after a confrontation), attribute, scale,
--   value, pictures, n (pictures with a value of the support), share (NULL where n is 0), outside (pictures
--   that were looked at and have no such value), not_assessed
-- Depends on: cell_counts.
WITH counted AS (
    SELECT
        week, model, track, simulated, condition, turn, attribute, scale, value, in_support,
        min(position) AS position,
        sum(pictures) AS pictures
    FROM cell_counts
    WHERE subject = 'occupation:ceo' AND attribute IN ('perceived_gender', 'skin_tone')
    GROUP BY week, model, track, simulated, condition, turn, attribute, scale, value, in_support
),

totals AS (
    SELECT
        week, model, condition, turn, attribute,
        coalesce(sum(pictures) FILTER (WHERE in_support), 0) AS n,
        coalesce(sum(pictures) FILTER (WHERE NOT in_support AND value != 'not_assessed'), 0) AS outside,
        coalesce(sum(pictures) FILTER (WHERE value = 'not_assessed'), 0) AS not_assessed
    FROM counted
    GROUP BY week, model, condition, turn, attribute
)

SELECT
    counted.week, counted.model, counted.track, counted.simulated, counted.condition, counted.turn,
    counted.attribute, counted.scale, counted.value,
    cast(counted.pictures AS BIGINT) AS pictures,
    cast(totals.n AS BIGINT) AS n,
    counted.pictures / nullif(totals.n, 0) AS share,
    cast(totals.outside AS BIGINT) AS outside,
    cast(totals.not_assessed AS BIGINT) AS not_assessed
FROM counted
INNER JOIN totals USING (week, model, condition, turn, attribute)
WHERE counted.in_support
ORDER BY
    counted.week DESC, counted.model ASC, counted.condition ASC, counted.turn ASC, counted.attribute ASC,
    counted.position ASC
