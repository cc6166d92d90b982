-- Answers: what does one word change in the pictures of the four weeks that end with a week, and may the
--   labels behind it be believed?
-- Grain: week, model, suite, suite_major, comparison, subject, attribute, labeler, labeler_version, value.
--   A withheld model has no rows.
-- Weeks: earlier
-- Columns:
--   week: the last one of the four
--   simulated: true if the pictures are drawn by a simulated model
--   comparison: the two sides, written a → b
--   subject: of both prompts; NULL: the mean over all pairs of prompts
--   k_a, n_a: of n_a pictures of the first side that were read as a value, k_a show this one; k_b, n_b: of
--     the second side
--   pairs: pairs of prompts with pictures on both sides
--   share_a, share_b: share of that side; of a mean, over the pairs that entered
--   estimate: the change of the share, b - a; NULL where reason says why
--   low, high: end of the 95 % interval, prompts fixed, scatter of weeks in it; NULL where reason is not
--   clear: true if the change is none of chance, over the pairs listed together (Holm); NULL without an
--     interval
--   reason: why there is no estimate, or no interval (few_weeks); NULL if there are both
--   reliable: false if the labels are not reliable; true if somebody else read some of the same pictures
--     and agreed; NULL if that is not verified
--   reliability: the same in words; NULL where reliable is true, or nothing was labelled
-- Depends on: words, reliability.
SELECT
    words.week, words.model, words.track, words.simulated, words.suite, words.suite_major, words.comparison,
    words.kind, words.a, words.b, words.turn_a, words.turn_b, words.subject, words.prompt_a, words.prompt_b,
    words.attribute, words.value, words.k_a, words.n_a, words.k_b, words.n_b, words.pairs, words.share_a,
    words.share_b, words.estimate, words.low, words.high, words.clear, words.reason, words.labeler,
    words.labeler_version, reliability.reliable, reliability.reliability
FROM words
LEFT JOIN reliability USING (week, labeler, labeler_version, attribute)
WHERE words.week IS NOT NULL
