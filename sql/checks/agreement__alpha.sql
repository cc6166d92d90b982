-- Answers: which attributes does the labeler that is scored read otherwise than people, or than a second
--   labeler, so that Krippendorff's alpha is below 0.67? They are published as not reliable and take no part
--   in ranking. Who judges a labeler is said at the view reliability.
-- Grain: labeler, labeler_version, attribute; no one model's affair, so that nothing fails for a single
--   model.
-- Columns:
--   judged_by, alpha, alpha_low, alpha_high, n: of the comparison that judges it
--   problem: the same in words
-- Depends on: reliability.
-- Severity: warning
-- Stages: publish
-- Rule: Who reads an attribute agrees with people, or with a second labeler, at alpha 0.67 or more.
SELECT
    week, labeler, labeler_version, attribute, judged_by, alpha, alpha_low, alpha_high, n,
    concat(
        attribute, ': ', labeler, ' agrees with ', judged_by, ' at alpha ',
        printf('%.2f', floor(100 * alpha) / 100), ' (n = ', n, '), below 0.67'
    ) AS problem
FROM reliability
WHERE week = $week AND $model IS NULL AND alpha < 0.67
ORDER BY labeler, labeler_version, attribute
