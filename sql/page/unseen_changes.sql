-- Answers: which changes over weeks, opened up to a week, are clear, and would they be if answers that nobody
--   saw are unlike the others?
-- Grain: that of drift_events, of shares, where more than 2 % of the answers of one side are unseen.
-- Columns: of drift_events.
-- Depends on: drift_events
SELECT
    model, suite, suite_major, condition, turn, metric, attribute, value_name, params_hash, labeler_version,
    changed_prompts, changed_week, week, tipping_share
FROM drift_events
WHERE
    week <= cast($week AS DATE)
    AND unseen_share > 0.02
    AND (change_low > 0 OR change_high < 0)
ORDER BY ALL
