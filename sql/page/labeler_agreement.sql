-- Answers: how far does a labeler say the same of a study's pictures as its people, in words of a table?
-- Grain: attribute (in this project's words, where the study says that it means the same), model or all.
-- Columns: pictures that both labeled; of which both gave a value that counts; of which the same; alpha.
-- Depends on: agreement, study_models
SELECT
    a.attribute, coalesce(m.title, 'all') AS model, a.pictures, a.n AS both_say, a.agreed AS same,
    coalesce(printf('%.0f %%', 100.0 * a.agreed / nullif(a.n, 0)), '-') AS share_right,
    coalesce(printf('%.2f', a.alpha), '-')
    || coalesce(printf(' (%.2f to %.2f)', a.alpha_low, a.alpha_high), '') AS alpha
FROM agreement AS a
LEFT JOIN study_models AS m USING (study, model)
WHERE
    a.study = $study AND a.labeler_a = $labeler AND a.labeler_a_version = $version
    AND a.labeler_b = 'people' AND a.skin_tone_band IS NULL
ORDER BY a.attribute, a.model NULLS FIRST
