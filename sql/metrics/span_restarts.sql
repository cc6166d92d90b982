-- Answers: where does the span that ends with a week begin anew, because a change was reported?
-- Grain: model, attribute (NULL: refusals; all:<id>: with any of its parts).
-- Columns: those; back: how many weeks before the last the new level began.
-- Depends on: changes, joint_values
WITH reported AS (
    SELECT
        model, attribute, changed_week
    FROM changes
    WHERE week <= cast($week AS DATE)
),

parts AS (
    SELECT DISTINCT
        attribute,
        'all:' || joint AS whole
    FROM joint_values
),

every AS (
    FROM reported
    UNION ALL
    SELECT
        reported.model, parts.whole, reported.changed_week
    FROM reported
    INNER JOIN parts USING (attribute)
)

SELECT
    model, attribute,
    cast(date_diff('day', max(changed_week), cast($week AS DATE)) // 7 AS INTEGER) AS back
FROM every
GROUP BY model, attribute
ORDER BY ALL
