-- Answers: which events contradict themselves: a change outside its interval, weeks out of order, shares
--   beyond 0 and 1, or less evidence than the rule of opening asks of any event?
-- Grain: that of drift_events.
-- Columns: those of drift_events that name the event, and what is compared.
-- Depends on: drift_events.
-- Severity: warning
-- Stages: publish
-- Rule: A change of a series lies in its interval, its weeks are in order, and there is enough evidence for
--   it.
-- Says: events that contradict themselves
SELECT
    week, model, suite, condition, prompt, attribute, metric, value_name, started_week, earliest_week,
    changed_week, latest_week, before_share, after_share, change, change_low, change_high,
    log10_e
FROM drift_events
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND NOT (
        change BETWEEN change_low AND change_high
        AND abs(after_share - before_share - change) < 1e-9
        AND before_share BETWEEN 0 AND 1
        AND after_share BETWEEN 0 AND 1
        AND started_week < earliest_week
        AND earliest_week <= changed_week
        AND changed_week <= latest_week
        AND latest_week <= week
        AND log10_e > 1.3
    )
