-- Answers: what changed between a study's conditions, prompt by prompt, and is it more than chance?
-- Grain: one row for each study × attribute × labeler × version × condition × model × prompt × value.
-- Columns: those of study_differences that pages show; text of the prompt, and what the study calls it.
-- Depends on: study_differences, study_prompts
SELECT
    d.study, d.attribute, d.labeler, d.labeler_version, d.condition_a, d.condition_b, d.model,
    coalesce(p.title, d.prompt) AS prompt_title,
    p.text, d.prompt, d.value, d.k_a, d.n_a, d.k_b, d.n_b, d.chi_square_p, d.fisher_p, d.tests, d.holm_p,
    d.fdr_p, d.survives, d.reason
FROM study_differences AS d
LEFT JOIN study_prompts AS p
    ON d.study = p.study AND d.prompt = p.prompt AND d.condition_a = p.condition
ORDER BY
    d.study, d.attribute, d.labeler, d.labeler_version, d.condition_b, d.fisher_p NULLS LAST, d.model,
    d.prompt, d.value
