-- Answers: what does one word change in the four weeks that end with a week, as far as the page tells of it?
-- Grain: one row for each model × comparison × attribute × value, over all subjects.
-- Columns: those of word_against_word that the page shows.
-- Weeks: earlier
-- Depends on: word_against_word
SELECT
    model, track, simulated, suite, suite_major, kind, a, b, attribute, value, share_a, share_b, estimate,
    low, high, clear, n_a, n_b, pairs, reason, reliable, reliability
FROM word_against_word
WHERE week = cast($week AS DATE) AND subject IS NULL
ORDER BY simulated, track, model, suite, suite_major, kind, a, b, attribute, value
