-- Answers: Where do the series of a model and attribute begin anew? Steps of the audit queries that
--   compute figures.
-- Grain: begun: reported change, attribute ('' of refusals).
-- Columns: reported: week of the report; first: week from which on pictures count.
-- Depends on: changes, joint_values
WITH
-- a reported change of any series of an attribute begins all anew; of a combination with any of its parts
begun AS (
    SELECT
        cast(week AS VARCHAR) AS reported,
        cast(changed_week AS VARCHAR) AS first,
        model,
        unnest(
            list_concat(
                [coalesce(attribute, '')],
                (
                    SELECT list(DISTINCT 'all:' || joint_values.joint) FROM joint_values
                    WHERE joint_values.attribute = changes.attribute
                )
            )
        ) AS attribute
    FROM changes
)

SELECT * FROM begun
