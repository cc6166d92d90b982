-- Answers: which values can the attributes of some plans have, and as what are they counted?
-- Grain: plan × suite × attribute × declared value; of plans that are alike one, $partitions (metrics/plans).
-- Columns: plan, its number; those; shown: the value's band where it has one, else the value; in_support and
--   position of what is shown; scale: bands where the attribute has them, else values; step: the value's own
--   position, where it is in a band and in the support.
-- Depends on: attribute_values
WITH held AS (
    SELECT
        *,
        list_position(cast($partitions AS UBIGINT[]), hash(week, model)) AS plan
    FROM attribute_values
    WHERE
        week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
        AND list_contains(cast($partitions AS UBIGINT[]), hash(week, model))
)

SELECT
    plan, suite, suite_major, attribute, value,
    coalesce(band, value) AS shown,
    bool_or(in_support)
        OVER (PARTITION BY plan, suite, suite_major, attribute, coalesce(band, value))
        AS in_support,
    min(position)
        OVER (PARTITION BY plan, suite, suite_major, attribute, coalesce(band, value))
        AS position,
    CASE
        WHEN bool_or(band IS NOT NULL) OVER (PARTITION BY plan, suite, suite_major, attribute) THEN 'bands'
        ELSE 'values'
    END AS scale,
    CASE WHEN band IS NOT NULL AND in_support THEN position END AS step
FROM held
ORDER BY ALL
