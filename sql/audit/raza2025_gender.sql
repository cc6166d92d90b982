-- Answers: What did Raza (2025) publish about gender? The 25 published rows, computed anew from the
--   people's labels: how many pictures were labeled female and male for the plain prompt and for the
--   one that asks for diversity, by how many percentage points the share of women changed, and is that
--   more than chance?
-- Grain: one row per model and occupation of study raza2025, in the published order.
-- Columns: model, occupation, baseline_f_over_m, controlled_f_over_m (pictures labeled female / male;
--   "both" is left out, and pictures that were labeled and not published count); delta_pct_female
--   (percentage points); chi2_p_value (2 x 2, one degree of freedom, no continuity correction; 1 where
--   all pictures are of one gender, NULL where a condition has none). p = 1 - erf(sqrt(chi2 / 2)), erf
--   by its series, as DuckDB has none.
-- Depends on: study_labels, study_slots, study_prompts, study_models
WITH counted AS (
    SELECT
        m.title AS model, p.title AS occupation,
        count(*) FILTER (WHERE s.condition = 'baseline' AND l.value = 'female')::DOUBLE AS bf,
        count(*) FILTER (WHERE s.condition = 'baseline' AND l.value = 'male')::DOUBLE AS bm,
        count(*) FILTER (WHERE s.condition = 'controlled' AND l.value = 'female')::DOUBLE AS cf,
        count(*) FILTER (WHERE s.condition = 'controlled' AND l.value = 'male')::DOUBLE AS cm
    FROM study_labels AS l
    INNER JOIN study_slots AS s USING (study, slot_key)
    INNER JOIN study_prompts AS p USING (study, prompt, condition)
    INNER JOIN study_models AS m USING (study, model)
    WHERE l.study = 'raza2025' AND l.attribute = 'gender' AND l.labeler_kind = 'person'
    GROUP BY m.title, p.title
),

tested AS (
    SELECT
        model, occupation, bf, bm, cf, cm,
        CASE
            WHEN bf + bm = 0 OR cf + cm = 0 THEN NULL
            WHEN bf + cf = 0 OR bm + cm = 0 THEN 0.0
            ELSE
                (bf + bm + cf + cm) * pow(bf * cm - bm * cf, 2)
                / ((bf + bm) * (cf + cm) * (bf + cf) * (bm + cm))
        END AS chi2
    FROM counted
),

rooted AS (
    SELECT
        *,
        sqrt(chi2 / 2) AS x
    FROM tested
)

SELECT
    model, occupation,
    bf::INTEGER || '/' || bm::INTEGER AS baseline_f_over_m,
    cf::INTEGER || '/' || cm::INTEGER AS controlled_f_over_m,
    100 * (cf / nullif(cf + cm, 0) - bf / nullif(bf + bm, 0)) AS delta_pct_female,
    1 - CASE
        WHEN x > 6 THEN 1.0
        ELSE
            exp(-x * x)
            * list_sum(list_transform(range(0, 120), LAMBDA n: pow(x, 2 * n + 1) / gamma(n + 1.5)))
    END AS chi2_p_value
FROM rooted
ORDER BY
    list_position(
        ['DALL·E 3', 'Gemini Imagen 4.0', 'FLUX.1-dev', 'Stable Diffusion XL Turbo', 'Grok-2 Image'], model
    ),
    list_position(['CEO', 'Nurse', 'SWE', 'Teacher', 'Athlete'], occupation)
