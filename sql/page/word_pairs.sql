-- Answers: of which pairs of prompts are the changes of shares made, in the four weeks that end with a week?
-- Grain: one row for each model × comparison × pair of prompts × attribute × value that entered.
-- Columns: those; first_week, series, params_hash, labeler_version: what the pictures have in common.
-- Depends on: window_effects
SELECT
    suite, suite_major, kind, a, b, model, attribute, value_name, prompt_a, prompt_b, first_week, series,
    params_hash, labeler_version
FROM window_effects
WHERE week = cast($week AS DATE) AND metric = 'share' AND subject IS NOT NULL AND estimate IS NOT NULL
ORDER BY suite, suite_major, kind, a, b, model, attribute, value_name, prompt_a, prompt_b
