-- Answers: what do the numbers say that a study's labelers gave (a rating, an age), by prompt and model?
-- Grain: study, model, condition, prompt, attribute, labeler, labeler_version; numeric attributes only.
-- Columns:
--   labeler_kind: person, vision_model, local_model or consensus (made of others' labels)
--   n: number of labels
--   mean: their mean; there are no shares of numbers. All figures have nine decimals at most
--   quantile_05, quantile_25, median, quantile_75, quantile_95: quantiles, interpolated between two labels
-- Depends on: study_labels, study_slots.
SELECT
    study_labels.study, study_slots.model, study_slots.condition, study_slots.prompt,
    study_labels.attribute, study_labels.labeler, study_labels.labeler_version,
    min(study_labels.labeler_kind) AS labeler_kind,
    count(*) AS n,
    round(avg(study_labels.number), 9) AS mean,
    round(quantile_cont(study_labels.number, 0.05), 9) AS quantile_05,
    round(quantile_cont(study_labels.number, 0.25), 9) AS quantile_25,
    round(quantile_cont(study_labels.number, 0.5), 9) AS median,
    round(quantile_cont(study_labels.number, 0.75), 9) AS quantile_75,
    round(quantile_cont(study_labels.number, 0.95), 9) AS quantile_95
FROM study_labels
INNER JOIN study_slots USING (study, slot_key)
WHERE study_labels.number IS NOT NULL
GROUP BY ALL
