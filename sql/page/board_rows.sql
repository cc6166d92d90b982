-- Answers: which figures do the boards show in some weeks?
-- Grain: one row for each week × model × suite × condition × attribute × yardstick.
-- Columns: those of leaderboard that the page shows.
-- Weeks: earlier
-- Depends on: leaderboard
SELECT
    week, track, simulated, suite, suite_major, condition, turn, attribute, yardstick, lead, figure,
    model, series, weeks, first_week, estimate, low, high, n, unseen, bound_low, bound_high, prompts,
    planned_prompts, reason, reason_k, reason_n, withheld_reason, labeler, reliable, reliability,
    rank_low, rank_high,
    ranked_of, holds, rank_reason
FROM leaderboard
ORDER BY suite, suite_major, condition, attribute, yardstick, model, week
