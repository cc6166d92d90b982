-- Answers: which figures do the boards show in some weeks?
-- Grain: one row for each week × model × suite × condition × attribute × reference.
-- Columns: those of leaderboard that the page shows.
-- Weeks: earlier
-- Depends on: leaderboard
SELECT
    week, track, simulated, suite, suite_major, condition, attribute, reference, metric, model, series,
    weeks,
    first_week,
    scatter_measured,
    estimate,
    low,
    high,
    prompts_low,
    prompts_high,
    n,
    cells,
    planned_cells,
    reason,
    refused, answered,
    pictures,
    withheld_reason, labeler, reliable, reliability, rank_low, rank_high, ranked_of,
    rank_reason, bound_low, bound_high, corrected_distance, corrected_low, corrected_high,
    corrected_reason, gold_n,
    label_error, label_error_low, label_error_high, label_error_differs
FROM leaderboard
WHERE attribute IS NOT NULL AND reference IS NOT NULL
ORDER BY suite, suite_major, condition, attribute, reference, model, week
