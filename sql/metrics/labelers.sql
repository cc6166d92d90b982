-- Answers: who labeled pictures of some weeks, and whose labels are scored?
-- Grain: model × labeler × labeler_version.
-- Columns: those; who, a hash of them; scored: of the labeler that the plan names the version with the
--   highest number.
-- Depends on: labels, plans
WITH found AS (
    SELECT
        hash(week, model, labeler, labeler_version) AS who,
        any_value(week) AS week,
        any_value(model) AS model,
        any_value(labeler) AS labeler,
        any_value(labeler_version) AS labeler_version
    FROM labels
    WHERE week BETWEEN cast($first AS DATE) AND cast($last AS DATE)
    GROUP BY who
)

SELECT
    found.week, found.model, found.labeler, found.labeler_version, found.who,
    plans.labeler IS NOT NULL AND row_number() OVER (
        PARTITION BY found.week, found.model, plans.labeler
        ORDER BY
            try_cast(split_part(found.labeler_version, '-', 1) AS INTEGER) DESC NULLS LAST,
            found.labeler_version DESC
    ) = 1 AS scored
FROM found
LEFT JOIN plans USING (week, model, labeler)
ORDER BY ALL
