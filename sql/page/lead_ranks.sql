-- Answers: which boards are there, and which ranks do models have on the one that orders the leaderboard?
-- Grain: board, model.
-- Columns: rank_low and rank_high of ranked_of models, NULL where rank_reason says why.
-- Weeks: earlier
-- Depends on: leaderboard
SELECT
    suite, suite_major, condition, attribute, yardstick, lead, model, rank_low, rank_high, ranked_of,
    rank_reason, reason_k, reason_n, labeler, withheld_reason
FROM leaderboard
WHERE week = cast($week AS DATE)
ORDER BY suite, suite_major, condition, attribute, yardstick, model
