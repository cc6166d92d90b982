-- Answers: which events say of answers that nobody saw what their other columns contradict?
-- Grain: that of drift_events.
-- Columns: those of drift_events that name the event, and what is compared.
-- Depends on: drift_events.
-- Severity: warning
-- Stages: publish
-- Rule: How much is unseen is said of every change of a share, and what it could do only where more than 2 %
--   are unseen and the interval of the change does not hold 0.
-- Says: events whose unseen answers contradict them
SELECT
    week, model, suite, condition, prompt, attribute, metric, value_name, started_week, change_low,
    change_high, unseen_share, tipping_share
FROM drift_events
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND NOT coalesce(
        (unseen_share IS NOT NULL) = (metric = 'share')
        AND coalesce(unseen_share, 0) BETWEEN 0 AND 1
        AND (
            tipping_share IS NULL
            OR (
                tipping_share BETWEEN 0 AND 1
                AND unseen_share > 0.02
                AND (change_low > 0 OR change_high < 0)
            )
        ),
        FALSE
    )
