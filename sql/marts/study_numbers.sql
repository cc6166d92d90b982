-- Answers: what do the numbers say that a study's labelers gave (a rating, an age), by model and condition?
-- Grain: study, model, condition, prompt, attribute, labeler, labeler_version; numeric attributes only. A
--   prompt of NULL is all prompts, a labeler of NULL the mean of a picture's labelers.
-- Columns:
--   labeler_kind: person, vision_model or local_model; NULL of several
--   n: number of pictures
--   mean: their mean; there are no shares of numbers. All figures have nine decimals at most
--   quantile_05, quantile_25, median, quantile_75, quantile_95: quantiles, interpolated between two pictures
-- Depends on: study_labels, study_slots.
WITH single AS (
    SELECT
        study_labels.study, study_slots.model, study_slots.condition, study_slots.prompt, slot_key,
        study_labels.attribute, study_labels.labeler, study_labels.labeler_version,
        study_labels.labeler_kind, study_labels.number
    FROM study_labels
    INNER JOIN study_slots USING (study, slot_key)
    WHERE study_labels.number IS NOT NULL AND study_labels.labeler_kind <> 'consensus'
),

several AS (
    SELECT
        study, attribute
    FROM single
    GROUP BY study, attribute
    HAVING count(DISTINCT labeler) > 1
),

together AS (
    SELECT
        single.study, single.model, single.condition, single.prompt, single.attribute,
        avg(single.number) AS number
    FROM single
    SEMI JOIN several USING (study, attribute)
    GROUP BY
        single.study, single.model, single.condition, single.prompt, single.attribute, single.slot_key
),

numbers AS (
    FROM single
    UNION ALL BY NAME
    FROM together
)

SELECT
    study, model, condition, prompt, attribute, labeler, labeler_version, labeler_kind,
    count(*) AS n,
    round(avg(number), 9) AS mean,
    round(quantile_cont(number, 0.05), 9) AS quantile_05,
    round(quantile_cont(number, 0.25), 9) AS quantile_25,
    round(quantile_cont(number, 0.5), 9) AS median,
    round(quantile_cont(number, 0.75), 9) AS quantile_75,
    round(quantile_cont(number, 0.95), 9) AS quantile_95
FROM numbers
GROUP BY GROUPING SETS (
    (study, model, condition, prompt, attribute, labeler, labeler_version, labeler_kind),
    (study, model, condition, attribute, labeler, labeler_version, labeler_kind)
)
