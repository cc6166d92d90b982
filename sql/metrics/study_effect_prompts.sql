-- Answers: which prompts of a study could be set side by side?
-- Grain: prompt × condition.
-- Columns: prompt, subject, condition.
-- Depends on: study_prompts
SELECT
    prompt, subject, condition
FROM study_prompts
WHERE study = $study
ORDER BY ALL
