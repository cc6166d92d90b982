-- Answers: which changes of shares are clear, and would they be if answers that nobody saw are unlike the
--   others?
-- Grain: model × comparison × attribute × metric × value, over all subjects, where more than 2 % of the
--   answers of one side are unseen.
-- Columns: of window_effects.
-- Depends on: window_effects
SELECT
    suite, suite_major, kind, a, b, model, attribute, metric, value_name, tipping_share
FROM window_effects
WHERE
    week = cast($week AS DATE)
    AND subject IS NULL
    AND unseen_share > 0.02
    AND (low > 0 OR high < 0)
ORDER BY suite, suite_major, kind, a, b, model, attribute, metric, value_name
