-- Answers: which effects say of answers that nobody saw what their other columns contradict?
-- Grain: that of effects.
-- Columns: those of effects that name the figure, and what is compared.
-- Depends on: effects.
-- Severity: critical
-- Stages: publish
-- Rule: How much is unseen is said of every change of a share, and what it could do only where more than 2 %
--   are unseen and the interval of the change does not hold 0.
-- Says: effects whose unseen answers contradict them
SELECT
    week, model, suite, kind, a, b, subject, attribute, metric, value_name, low, high, unseen_share,
    tipping_share
FROM effects
WHERE
    week = $week
    AND ($model IS NULL OR model = $model)
    AND NOT coalesce(
        (unseen_share IS NOT NULL) = (estimate IS NOT NULL AND metric IN ('share', 'caricature_rate'))
        AND coalesce(unseen_share, 0) BETWEEN 0 AND 1
        AND (
            tipping_share IS NULL
            OR (tipping_share BETWEEN 0 AND 1 AND unseen_share > 0.02 AND (low > 0 OR high < 0))
        ),
        FALSE
    )
