-- Answers: which figures do the boards show in some weeks?
-- Grain: one row for each week × model × suite × condition × attribute × yardstick.
-- Columns: those of leaderboard that the page shows; answered, refused: of the four weeks, by the model
--   itself.
-- Weeks: earlier
-- Depends on: leaderboard, figures
WITH refusals AS (
    SELECT
        week, model, suite, suite_major, condition, turn,
        k AS refused,
        n AS answered
    FROM figures
    WHERE figure = 'refused' AND week IS NOT NULL
)

SELECT
    l.week, l.track, l.simulated, l.suite, l.suite_major, l.condition, l.attribute, l.yardstick, l.lead,
    l.figure, l.model, l.series, l.weeks, l.first_week, l.estimate, l.low, l.high, l.n, l.unseen,
    l.bound_low, l.bound_high, l.prompts, l.planned_prompts, l.reason, refusals.refused, refusals.answered,
    l.withheld_reason, l.labeler, l.reliable, l.reliability, l.rank_low, l.rank_high, l.ranked_of, l.holds,
    l.rank_reason
FROM leaderboard AS l
LEFT JOIN refusals USING (week, model, suite, suite_major, condition, turn)
ORDER BY l.suite, l.suite_major, l.condition, l.attribute, l.yardstick, l.model, l.week
