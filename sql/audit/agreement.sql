-- Answers: How far do labelers agree with people and with each other, on which pictures, and is that enough
--   to believe a labeler (Krippendorff's alpha 0.67 on 30 pictures or more)?
-- Grain: one row for each comparison of the newest week that has any, of gold in that week, and of each
--   study: scope, study, attribute, pair of labelers, and all pictures, those of one model, or of one band of
--   skin tone.
-- Columns: scope; week; study; attribute; labeler_a, version_a, labeler_b, version_b (people have no
--   version); model and skin_tone_band ("all" where they are pooled); pictures (both labeled); n (both gave
--   a value); assessed (n / pictures); agreed and raw_agreement (the same value, and its share of n); alpha,
--   alpha_low, alpha_high; kappa, kappa_low, kappa_high (95 % intervals); verdict (reliable, not reliable,
--   too few to tell, or why there is no alpha).
-- Depends on: agreement
WITH told AS (
    SELECT
        scope, week, study, attribute, labeler_a, labeler_a_version AS version_a, labeler_b,
        labeler_b_version AS version_b, pictures, n, both_assessed_share AS assessed, agreed,
        agreed / nullif(n, 0) AS raw_agreement,
        alpha, alpha_low, alpha_high, kappa, kappa_low, kappa_high,
        coalesce(model, 'all') AS model,
        coalesce(skin_tone_band, 'all') AS skin_tone_band,
        CASE
            WHEN alpha IS NULL THEN reason
            WHEN n < 30 THEN 'too few to tell'
            WHEN alpha < 0.67 THEN 'not reliable'
            ELSE 'reliable'
        END AS verdict
    FROM agreement
    WHERE week IS NULL OR week = (SELECT max(newest.week) FROM agreement AS newest)
)

SELECT
    scope, week, study, attribute, labeler_a, version_a, labeler_b, version_b, model, skin_tone_band,
    pictures, n, assessed, agreed, raw_agreement, alpha, alpha_low, alpha_high, kappa, kappa_low,
    kappa_high, verdict
FROM told
ORDER BY
    list_position(['gold', 'study', 'week'], scope) ASC,
    study ASC, attribute ASC, labeler_a ASC, version_a ASC, labeler_b ASC, version_b ASC,
    model <> 'all' ASC,
    model ASC,
    skin_tone_band <> 'all' ASC,
    skin_tone_band ASC
