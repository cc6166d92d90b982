-- Answers: which share of the pictures of some prompts ($asked) in the span shows each value, by model?
-- Grain: one row for each prompt × model × turn × attribute.
-- Columns: changed_week, labeler_version, series, params_hash: of which pictures the span is; of weeks before
--   the latest reported change none; found: one {value, k, share, low, high, worth, bound_low, bound_high}
--   for each value of the support, in no order: k of n pictures show it, share NULL where reason says why
--   there is none.
-- Depends on: figures, plans, changes
WITH f AS (
    SELECT *
    FROM figures
    WHERE
        week = cast($week AS DATE) AND figure = 'share' AND NOT starts_with(attribute, 'all:')
        AND list_contains(cast($asked AS VARCHAR[]), prompt)
),

changed AS (
    SELECT
        model, attribute,
        max(changed_week) AS changed_week
    FROM changes
    WHERE week <= cast($week AS DATE)
    GROUP BY model, attribute
)

SELECT
    f.suite, f.suite_major, f.prompt, f.model, f.turn, f.attribute, f.n, f.reason, changed.changed_week,
    plans.series, plans.params_hash, f.labeler_version,
    list({
        'value': f.value,
        'k': f.k,
        'share': f.estimate,
        'low': f.low,
        'high': f.high,
        'worth': f.worth,
        'bound_low': f.bound_low,
        'bound_high': f.bound_high
    }) AS found
FROM f
INNER JOIN plans USING (week, model)
LEFT JOIN changed USING (model, attribute)
GROUP BY
    f.suite, f.suite_major, f.prompt, f.model, f.turn, f.attribute, f.n, f.reason, changed.changed_week,
    plans.series, plans.params_hash, f.labeler_version
ORDER BY f.prompt, f.model, f.attribute
