-- Answers: of which pairs of prompts are the changes of shares made, in one week?
-- Grain: one row for each model × comparison × pair of prompts × attribute × value that entered.
-- Depends on: effects
SELECT
    suite, suite_major, kind, a, b, model, attribute, value_name, prompt_a, prompt_b
FROM effects
WHERE
    week = cast($week AS DATE) AND metric = 'share' AND subject IS NOT NULL AND n_a > 0 AND n_b > 0
ORDER BY suite, suite_major, kind, a, b, model, attribute, value_name, prompt_a, prompt_b
