-- Answers: when was each model asked, what came before and after it, and when did it retire?
-- Grain: model, series.
-- Columns:
--   provider, track, simulated, from_week, until_week, succeeds: as planned in its last week
--   succeeded_by: models that name this one, or its series, as what they follow; NULL if none
--   first_week: first week that was planned
--   last_week: last week that was planned
--   weeks_asked: number of weeks with at least one attempt
--   weeks_with_pictures: number of weeks with at least one picture
--   retired_in: first week in which the provider said that it is gone, with no picture in a later week,
--     or the week after until_week, if the data reach that far; NULL if it is alive
-- Depends on: plans, attempts, outcomes, images.
WITH answered AS (
    SELECT DISTINCT
        week, model
    FROM attempts
),

told_gone AS (
    SELECT
        week, model, slot_key
    FROM attempts
    WHERE outcome = 'model_retired'
),

-- How the few slots ended that were ever told so, as slot_outcomes has it.
ended AS (
    SELECT
        attempts.week, attempts.model,
        coalesce(
            arg_min(attempts.outcome, attempts.attempt) FILTER (WHERE outcomes.final),
            arg_max(attempts.outcome, attempts.attempt)
        ) AS outcome
    FROM attempts
    SEMI JOIN told_gone USING (week, model, slot_key)
    LEFT JOIN outcomes USING (outcome)
    GROUP BY attempts.week, attempts.model, attempts.slot_key
),

gone AS (
    SELECT DISTINCT
        week, model
    FROM ended
    WHERE outcome = 'model_retired'
),

pictured AS (
    SELECT DISTINCT
        week, model
    FROM images
),

weekly AS (
    SELECT
        plans.week, plans.model, plans.series,
        answered.week IS NOT NULL AS asked,
        pictured.week IS NOT NULL AS pictured,
        gone.week IS NOT NULL AS gone
    FROM plans
    LEFT JOIN answered USING (week, model)
    LEFT JOIN pictured USING (week, model)
    LEFT JOIN gone USING (week, model)
),

lives AS (
    SELECT
        model, series,
        min(week) AS first_week,
        max(week) AS last_week,
        count(*) FILTER (WHERE asked) AS weeks_asked,
        count(*) FILTER (WHERE pictured) AS weeks_with_pictures,
        max(week) FILTER (WHERE pictured) AS last_pictured
    FROM weekly
    GROUP BY model, series
),

retirements AS (
    SELECT
        weekly.model, weekly.series,
        min(weekly.week) AS week
    FROM weekly
    INNER JOIN lives USING (model, series)
    WHERE weekly.gone AND weekly.week >= coalesce(lives.last_pictured, weekly.week)
    GROUP BY weekly.model, weekly.series
),

latest AS (
    SELECT
        plans.*,
        cast(plans.until_week + INTERVAL 7 DAY AS DATE) AS after_until,
        max(plans.week) OVER () AS newest_week
    FROM plans
    QUALIFY row_number() OVER (PARTITION BY plans.model, plans.series ORDER BY plans.week DESC) = 1
),

followers AS (
    SELECT
        latest.model, latest.series,
        string_agg(DISTINCT next.model, ', ' ORDER BY next.model) AS succeeded_by
    FROM latest
    INNER JOIN latest AS next
        ON next.succeeds IN (latest.model, latest.series) AND latest.model != next.model
    GROUP BY latest.model, latest.series
)

SELECT
    latest.model, latest.series, latest.provider, latest.track, latest.simulated, latest.from_week,
    latest.until_week, latest.succeeds, followers.succeeded_by, lives.first_week, lives.last_week,
    lives.weeks_asked, lives.weeks_with_pictures,
    least(
        retirements.week,
        CASE WHEN latest.after_until <= latest.newest_week THEN latest.after_until END
    ) AS retired_in
FROM latest
INNER JOIN lives USING (model, series)
LEFT JOIN retirements USING (model, series)
LEFT JOIN followers USING (model, series)
