-- Answers: How often does the labeler photo read a gender off the pictures of raza2025, and
--   how often does it then agree with the people who labeled them? It is not tuned to this study.
-- Grain: one row per model of the study, in the published order, and one row over all of them.
-- Columns: model; labeler_version; pictures (read by photo); answered (with a gender); coverage,
--   coverage_low, coverage_high (share answered); n (answered, and labeled female or male by people;
--   "both" is left out); agree; agreement, agreement_low, agreement_high (share of n, NULL for n = 0);
--   feminine_as_masculine and masculine_as_feminine (people's label first, then photo's). Intervals are
--   Wilson, 95 %.
-- Depends on: study_labels, study_slots, study_models
WITH people AS (
    SELECT
        slot_key,
        CASE value WHEN 'female' THEN 'feminine' WHEN 'male' THEN 'masculine' END AS said
    FROM study_labels
    WHERE study = 'raza2025' AND attribute = 'gender' AND labeler_kind = 'person'
),

-- Of several versions the highest declared number counts, then the last hash, as everywhere.
newest AS (
    SELECT labeler_version
    FROM study_labels
    WHERE study = 'raza2025' AND labeler = 'photo'
    GROUP BY labeler_version
    ORDER BY split_part(labeler_version, '-', 1)::INTEGER DESC, labeler_version DESC
    LIMIT 1
),

read AS (
    SELECT
        m.title AS model, l.labeler_version, p.said,
        CASE WHEN l.value IN ('feminine', 'masculine') THEN l.value END AS seen
    FROM study_labels AS l
    INNER JOIN newest USING (labeler_version)
    INNER JOIN study_slots USING (study, slot_key)
    INNER JOIN study_models AS m USING (study, model)
    LEFT JOIN people AS p USING (slot_key)
    WHERE l.study = 'raza2025' AND l.labeler = 'photo' AND l.attribute = 'perceived_gender'
),

counted AS (
    SELECT
        coalesce(model, 'all') AS model,
        any_value(labeler_version) AS labeler_version,
        count(*) AS pictures,
        count(seen) AS answered,
        count(*) FILTER (WHERE seen IS NOT NULL AND said IS NOT NULL) AS labeled,
        count(*) FILTER (WHERE seen = said) AS agree,
        count(*) FILTER (WHERE said = 'feminine' AND seen = 'masculine') AS feminine_as_masculine,
        count(*) FILTER (WHERE said = 'masculine' AND seen = 'feminine') AS masculine_as_feminine
    FROM read
    GROUP BY GROUPING SETS ((model), ())
    HAVING count(*) > 0
),

judged AS ( -- noqa: ST03
    SELECT
        model, labeler_version, pictures, answered, labeled, agree, feminine_as_masculine,
        masculine_as_feminine,
        1.959963984540054 AS z,
        unnest([TRUE, FALSE]) AS covers,
        CASE WHEN covers THEN answered ELSE agree END AS k,
        nullif(CASE WHEN covers THEN pictures ELSE labeled END, 0) AS n
    FROM counted
),

-- Uses: wilson

paired AS (
    SELECT
        model, labeler_version, pictures, answered,
        max(k / n) FILTER (WHERE covers) AS coverage,
        max(low) FILTER (WHERE covers) AS coverage_low,
        max(high) FILTER (WHERE covers) AS coverage_high,
        labeled AS n,
        agree,
        max(k / n) FILTER (WHERE NOT covers) AS agreement,
        max(low) FILTER (WHERE NOT covers AND labeled > 0) AS agreement_low,
        max(high) FILTER (WHERE NOT covers AND labeled > 0) AS agreement_high,
        feminine_as_masculine, masculine_as_feminine
    FROM bounded
    GROUP BY ALL
)

SELECT *
FROM paired
ORDER BY
    list_position(
        ['DALL·E 3', 'Gemini Imagen 4.0', 'FLUX.1-dev', 'Stable Diffusion XL Turbo', 'Grok-2 Image', 'all'],
        model
    )
