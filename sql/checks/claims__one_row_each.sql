-- Answers: which claims of a model and window stand twice, or lack the counts of their own week?
-- Grain: week, model, claim, part.
-- Columns: those; copies: how many rows there are; counted: how many rows of counts the week has for it.
-- Depends on: claims, claim_counts.
-- Severity: warning
-- Stages: publish
-- Rule: Each claim, part and model has one row a week, and the week's own counts behind it.
-- Says: claims that stand twice or were not counted
WITH told AS (
    SELECT
        week, model, claim, part,
        count(*) AS copies
    FROM claims
    WHERE week = $week AND ($model IS NULL OR model = $model)
    GROUP BY ALL
),

counts AS (
    SELECT
        week, model, claim, part,
        count(*) AS counted
    FROM claim_counts
    WHERE week = $week AND role = 'claim'
    GROUP BY ALL
)

SELECT
    told.week, told.model, told.claim, told.part, told.copies,
    coalesce(counts.counted, 0) AS counted
FROM told
LEFT JOIN counts USING (week, model, claim, part)
WHERE told.copies <> 1 OR counts.counted IS DISTINCT FROM 1
