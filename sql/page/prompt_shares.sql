-- Answers: which share of the pictures of some prompts ($asked) in the window shows each value, by model?
-- Grain: one row for each prompt × model × turn × attribute.
-- Columns: first_week, labeler_version, series, params_hash: of which pictures the window is; found: one
--   {value, k, share, low, high} for each value of the support, in no order: k of n pictures show it, NULL
--   where reason says why there is no share.
-- Depends on: window_scores
SELECT
    suite, suite_major, prompt, model, turn, attribute, scale, n, weeks, first_week, reason, series,
    params_hash, labeler_version,
    list({
        'value': value_name,
        'k': cast(round(estimate * n) AS INTEGER),
        'share': estimate,
        'low': low,
        'high': high
    }) AS found
FROM window_scores
WHERE
    week = cast($week AS DATE) AND metric = 'share'
    AND list_contains(cast($asked AS VARCHAR[]), prompt)
GROUP BY
    suite, suite_major, prompt, model, turn, attribute, scale, n, weeks, first_week, reason, series,
    params_hash, labeler_version
ORDER BY prompt, model, attribute
