-- Answers: which prompts has a study?
-- Grain: prompt × condition.
-- Columns: prompt, condition, subject.
-- Depends on: study_prompts
SELECT
    prompt, condition, subject
FROM study_prompts
WHERE study = $study
ORDER BY ALL
