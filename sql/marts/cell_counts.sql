-- Answers: how many pictures of each prompt show each value of each attribute?
-- Grain: week, model, suite, suite_version, prompt, turn, attribute, value. Every planned cell has a row for
--   every declared value, zeros included, and for invalid and not_assessed; their sum is the cell's pictures.
-- Weeks: own
-- Columns:
--   turn: 1, or 2 for what came after a confrontation (its second and third turn together)
--   labeler: labeler that the plan names
--   labeler_version: of its versions the one with the highest number; NULL if nothing was labelled
--   scale: bands where the attribute has them, else values
--   value: band or declared value; invalid: an answer outside the list; not_assessed: no label
--   in_support: true if the value can be in a reference's support
--   position: place in the declared order; invalid and not_assessed come last
--   pictures: number of pictures
-- Depends on: slot_outcomes, plans, prompt_attributes, attribute_values, labels.
-- Uses: readings
WITH declared AS (
    SELECT
        week, model, suite, suite_major, attribute,
        coalesce(band, value) AS value,
        bool_or(in_support) AS in_support,
        min(position) AS position,
        CASE
            WHEN
                bool_or(bool_or(band IS NOT NULL))
                    OVER (PARTITION BY week, model, suite, suite_major, attribute)
                THEN 'bands'
            ELSE 'values'
        END AS scale
    FROM attribute_values
    GROUP BY week, model, suite, suite_major, attribute, coalesce(band, value)
),

countable AS (
    SELECT * FROM declared
    UNION ALL
    SELECT
        week, model, suite, suite_major, attribute,
        unnest(['invalid', 'not_assessed']) AS value,
        FALSE AS in_support,
        max(position) + unnest([1, 2]) AS position,
        min(scale) AS scale
    FROM declared
    GROUP BY week, model, suite, suite_major, attribute
),

counted AS (
    SELECT
        week, model, suite, suite_version, prompt, turn, attribute,
        coalesce(band, value, 'invalid') AS value,
        sum(pictures) AS pictures
    FROM readings
    GROUP BY ALL
),

assessed AS (
    SELECT
        week, model, suite, suite_version, prompt, turn, attribute,
        sum(pictures) AS pictures
    FROM readings
    GROUP BY ALL
),

cells AS (
    SELECT
        week, model, series, params_hash, track, simulated, suite, suite_version, suite_major, prompt,
        language, subject, condition,
        least(turn, 2) AS turn,
        count(*) FILTER (WHERE is_picture) AS pictures
    FROM slot_outcomes
    GROUP BY ALL
)

SELECT
    cells.* EXCLUDE (pictures),
    prompt_attributes.attribute, plans.labeler, versions.labeler_version, countable.scale, countable.value,
    countable.in_support, countable.position,
    cast(CASE
        WHEN countable.value = 'not_assessed' THEN cells.pictures - coalesce(assessed.pictures, 0)
        ELSE coalesce(counted.pictures, 0)
    END AS BIGINT) AS pictures
FROM cells
INNER JOIN plans USING (week, model)
INNER JOIN prompt_attributes USING (week, model, suite, suite_major, prompt)
INNER JOIN countable USING (week, model, suite, suite_major, attribute)
LEFT JOIN versions USING (week, model)
LEFT JOIN assessed USING (week, model, suite, suite_version, prompt, turn, attribute)
LEFT JOIN counted USING (week, model, suite, suite_version, prompt, turn, attribute, value)
