-- Answers: whose pictures of which weeks are of the span that ends with a week? First steps of the
--   statements that name this text under "Uses".
-- Grain: models: model planned in the week; spans: model × week of its history.
-- Columns: models: as planned in the week; labeler_version: of the planned labeler, the one with the
--   highest number, empty if it read nothing; spans: weeks of the same series, in which the model was
--   not withheld; back: how many weeks before the last.
-- Depends on: plans, counts, withheld
WITH models AS (
    SELECT
        plans.model, plans.series, plans.params_hash, plans.track, plans.simulated, plans.labeler,
        coalesce(
            arg_max(
                counts.labeler_version,
                (
                    coalesce(try_cast(split_part(counts.labeler_version, '-', 1) AS INTEGER), -1),
                    counts.labeler_version
                )
            ),
            ''
        ) AS labeler_version
    FROM plans
    LEFT JOIN counts USING (week, model, labeler)
    WHERE plans.week = cast($week AS DATE)
    GROUP BY ALL
),

hidden AS (
    SELECT DISTINCT
        week, model
    FROM withheld
),

spans AS (
    SELECT
        plans.week, plans.model, models.labeler, models.labeler_version,
        cast(date_diff('day', plans.week, cast($week AS DATE)) // 7 AS INTEGER) AS back
    FROM plans
    INNER JOIN models USING (model, series, params_hash)
    ANTI JOIN hidden ON plans.week = hidden.week AND plans.model = hidden.model
    WHERE plans.week BETWEEN cast($first AS DATE) AND cast($week AS DATE)
)

SELECT
    models.model, spans.week
FROM models
INNER JOIN spans USING (model)
