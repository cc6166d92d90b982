-- Answers: what did a request for diversity, or another condition, change in pictures of a study's models?
-- Grain: study, model, a, b, attribute, labeler, labeler_version, value, subject (NULL: mean over prompts).
-- Columns: those of words that the page shows; prompt: that of the first side; prompt_title, text: of it.
--   Values are in the order in which the study declares them.
-- Depends on: words, study_attribute_values, study_prompts
SELECT
    w.study, w.attribute, w.labeler, w.labeler_version, w.a, w.b, w.model, w.value, w.subject,
    w.prompt_a AS prompt,
    coalesce(p.title, w.prompt_a) AS prompt_title,
    p.text, w.k_a, w.n_a, w.k_b, w.n_b, w.share_a, w.share_b, w.estimate, w.low, w.high, w.clear, w.reason
FROM words AS w
LEFT JOIN study_attribute_values AS v
    ON w.study = v.study AND w.attribute = v.attribute AND w.value = v.value
LEFT JOIN study_prompts AS p
    ON w.study = p.study AND w.prompt_a = p.prompt AND w.a = p.condition
WHERE w.study IS NOT NULL
ORDER BY
    w.study ASC, w.attribute ASC, w.labeler ASC, w.labeler_version ASC, w.b ASC, w.model ASC,
    v.position ASC, abs(w.estimate) DESC NULLS LAST, w.subject ASC
