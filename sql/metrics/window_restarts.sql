-- Answers: which changes of which series were opened by a week, so that its windows begin anew there?
-- Grain: model × series × suite × condition × attribute × change.
-- Columns: those; changed_back, opened_back: how many weeks before, by the week of the change and by that in
--   which it was opened.
-- Depends on: drift_events
SELECT
    model, series, params_hash, suite, suite_major, condition, turn, attribute, labeler_version,
    cast(date_diff('day', changed_week, cast($week AS DATE)) // 7 AS INTEGER) AS changed_back,
    cast(date_diff('day', week, cast($week AS DATE)) // 7 AS INTEGER) AS opened_back
FROM drift_events
WHERE metric = 'share' AND week <= cast($week AS DATE)
ORDER BY ALL
