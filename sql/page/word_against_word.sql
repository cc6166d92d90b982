-- Answers: what does one word change in the four weeks that end with a week, as far as the page tells of it?
-- Grain: one row for each model × comparison × metric × attribute × reference × value, over all
--   subjects.
-- Columns: those of word_against_word that the page shows.
-- Weeks: earlier
-- Depends on: word_against_word
SELECT
    model, track, simulated, suite, suite_major, kind, a, b, subject, attribute, reference, metric,
    value_name, weeks, first_week, estimate, low, high, estimate_a, estimate_b, clear, n_a, n_b,
    cells, planned_cells, reason, reliable, reliability
FROM word_against_word
WHERE week = cast($week AS DATE) AND subject IS NULL
ORDER BY
    simulated, track, model, suite, suite_major, kind, a, b, attribute, reference, metric, value_name,
    subject
